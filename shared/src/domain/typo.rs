//! The address that somebody meant who mistyped the domain of a well-known mail provider.
//!
//! A hint that is wrong costs more trust than a missing one, so it takes little to have none: only
//! distinctive names are recognised, with one slip in the name and one in what follows it. A slip
//! is an edit of Damerau and Levenshtein, except that a letter may also move by more than one place
//! (`icould.com`). The first letter is right: what differs in it is mostly another provider
//! (`email.com`, `ymail.com`).

use crate::domain::email_address::EmailAddress;

/// The domains that are recognised, the most used first.
const WELL_KNOWN: [&str; 27] = [
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "aol.com",
    "live.com",
    "msn.com",
    "googlemail.com",
    "comcast.net",
    "verizon.net",
    "sbcglobal.net",
    "bellsouth.net",
    "protonmail.com",
    "yahoo.co.uk",
    "hotmail.co.uk",
    "btinternet.com",
    "yahoo.fr",
    "hotmail.fr",
    "wanadoo.fr",
    "laposte.net",
    "yahoo.de",
    "hotmail.de",
    "t-online.de",
    "yahoo.it",
    "hotmail.it",
    "yandex.ru",
];

/// Domains of others, one slip away from those.
const OF_OTHERS: [&str; 3] = ["gail.com", "grail.com", "hostmail.com"];

/// A shorter name has neighbours that mean something, such as `love.com` for `live.com`.
const SHORTEST_NAME: usize = 5;
/// Countries have two letters, and most pairs are one.
const SHORTEST_END: usize = 3;

/// The same mailbox at the well-known domain that is one slip away, if there is one.
#[must_use]
pub fn did_you_mean(address: &EmailAddress) -> Option<EmailAddress> {
    let domain = nearest(address.domain())?;
    let (local, _) = address.deliverable().split_once('@')?;
    EmailAddress::parse(&format!("{local}@{domain}"))
}

fn nearest(typed: &str) -> Option<&'static str> {
    if WELL_KNOWN.contains(&typed) || OF_OTHERS.contains(&typed) {
        return None;
    }
    let (name, end) = typed.split_once('.')?;
    let near = WELL_KNOWN.iter().filter_map(|domain| {
        let (known_name, known_end) = domain.split_once('.')?;
        let has_same_start = name.bytes().next() == known_name.bytes().next();
        let in_name = slips(name, known_name, SHORTEST_NAME).filter(|_| has_same_start)?;
        Some((in_name + slips(end, known_end, SHORTEST_END)?, *domain))
    });
    near.min_by_key(|(slips, _)| *slips)
        .map(|(_, domain)| domain)
}

/// How many slips there are in the typed text: none or one. `None`: there are more, or the known
/// text is too short to tell.
fn slips(typed: &str, known: &str, shortest: usize) -> Option<u8> {
    if typed == known {
        return Some(0);
    }
    let is_recognised = known.len() >= shortest && is_one_slip(typed.as_bytes(), known.as_bytes());
    is_recognised.then_some(1)
}

/// Whether one letter is missing, added, replaced or moved.
fn is_one_slip(mut one: &[u8], mut other: &[u8]) -> bool {
    while let ([first, rest @ ..], [same, others @ ..]) = (one, other)
        && first == same
    {
        (one, other) = (rest, others);
    }
    while let ([rest @ .., last], [others @ .., same]) = (one, other)
        && last == same
    {
        (one, other) = (rest, others);
    }
    match (one, other) {
        ([_], [] | [_]) | ([], [_]) => true,
        ([first, rest @ ..], [others @ .., last]) if first == last && rest == others => true,
        ([rest @ .., last], [first, others @ ..]) => first == last && rest == others,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn hint(email: &str) -> Option<String> {
        let meant = did_you_mean(&EmailAddress::parse(email).unwrap());
        meant.map(|address| address.deliverable().to_owned())
    }

    #[test]
    fn a_typo_is_recognised() {
        for (domain, meant) in [
            ("gmial.con", "gmail.com"),
            ("gmial.com", "gmail.com"),
            ("gamil.com", "gmail.com"),
            ("gmai.com", "gmail.com"),
            ("gmal.com", "gmail.com"),
            ("gmaill.com", "gmail.com"),
            ("ggmail.com", "gmail.com"),
            ("gnail.com", "gmail.com"),
            ("gmail.co", "gmail.com"),
            ("gmail.cm", "gmail.com"),
            ("gmail.om", "gmail.com"),
            ("gmail.comm", "gmail.com"),
            ("gmail.vom", "gmail.com"),
            ("gmail.cmo", "gmail.com"),
            ("gmailc.om", "gmail.com"),
            ("gmai.lcom", "gmail.com"),
            ("GMIAL.COM", "gmail.com"),
            ("googlemial.com", "googlemail.com"),
            ("yaho.com", "yahoo.com"),
            ("yahooo.com", "yahoo.com"),
            ("yhaoo.com", "yahoo.com"),
            ("yhoo.com", "yahoo.com"),
            ("yahoo.con", "yahoo.com"),
            ("yaho.co.uk", "yahoo.co.uk"),
            ("yahoo.cou.k", "yahoo.co.uk"),
            ("yaho.fr", "yahoo.fr"),
            ("hotmial.com", "hotmail.com"),
            ("hotmal.com", "hotmail.com"),
            ("homail.com", "hotmail.com"),
            ("hotmai.con", "hotmail.com"),
            ("hotmil.de", "hotmail.de"),
            ("outlok.com", "outlook.com"),
            ("outllook.com", "outlook.com"),
            ("iclould.com", "icloud.com"),
            ("icould.com", "icloud.com"),
            ("icloud.cmo", "icloud.com"),
            ("aol.con", "aol.com"),
            ("live.cm", "live.com"),
            ("comcsat.net", "comcast.net"),
            ("tonline.de", "t-online.de"),
            ("protonmial.com", "protonmail.com"),
        ] {
            let expected = format!("Ada+x@{meant}");
            assert_eq!(hint(&format!("Ada+x@{domain}")), Some(expected), "{domain}");
        }
    }

    /// Providers of mail, and domains that look like one.
    const REAL: &str = "
        gmail.com googlemail.com ymail.com rocketmail.com mail.com email.com fmail.co.uk hmail.com
        me.com mac.com aim.com aol.com aol.co.uk aol.de aol.fr love.com wow.com games.com
        yahoo.com yahoo.ca yahoo.cn yahoo.de yahoo.es yahoo.fr yahoo.gr yahoo.ie yahoo.in yahoo.it
        yahoo.pl yahoo.ro yahoo.se yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.kr yahoo.co.nz
        yahoo.co.th yahoo.co.uk yahoo.co.za yahoo.com.ar yahoo.com.au yahoo.com.br yahoo.com.co
        yahoo.com.hk yahoo.com.mx yahoo.com.my yahoo.com.ph yahoo.com.sg yahoo.com.tr yahoo.com.tw
        yahoo.com.vn myyahoo.com
        hotmail.com hotmail.be hotmail.ca hotmail.ch hotmail.cl hotmail.co.il hotmail.co.jp
        hotmail.co.th hotmail.co.uk hotmail.com.ar hotmail.com.br hotmail.com.tr hotmail.de
        hotmail.dk hotmail.es hotmail.fi hotmail.fr hotmail.gr hotmail.it hotmail.nl hotmail.no
        hotmail.se hushmail.com hotmail.hu
        outlook.com outlook.at outlook.be outlook.cl outlook.co.id outlook.co.il outlook.co.th
        outlook.com.ar outlook.com.au outlook.com.br outlook.com.gr outlook.com.tr outlook.com.vn
        outlook.cz outlook.de outlook.dk outlook.es outlook.fr outlook.hu outlook.ie outlook.in
        outlook.it outlook.jp outlook.kr outlook.lv outlook.my outlook.ph outlook.pt outlook.sa
        outlook.sg outlook.sk
        live.com live.at live.be live.ca live.cl live.cn live.co.uk live.co.za live.com.ar
        live.com.au live.com.mx live.com.pt live.de live.dk live.fi live.fr live.ie live.in live.it
        live.jp live.nl live.no live.se msn.com windowslive.com passport.com
        icloud.com cloud.com comcast.com comcast.net verizon.com verizon.net att.net cox.net
        charter.net earthlink.net juno.com netzero.net optonline.net roadrunner.com rogers.com
        shaw.ca sympatico.ca telus.net bell.net videotron.ca
        gmx.at gmx.ch gmx.com gmx.de gmx.fr gmx.net gmx.us web.de freenet.de online.de t-online.de
        arcor.de posteo.de mailbox.org vodafone.de kabelmail.de mail.de email.de bluewin.ch
        proton.me pm.me protonmail.ch protonmail.com tutanota.com tuta.io fastmail.com fastmail.fm
        hey.com zoho.com zohomail.com runbox.com mailfence.com disroot.org riseup.net duck.com
        orange.fr orange.es orange.pl free.fr sfr.fr neuf.fr laposte.fr laposte.net wanadoo.es
        wanadoo.fr club-internet.fr bbox.fr numericable.fr skynet.be telenet.be
        libero.it virgilio.it tiscali.it alice.it tin.it tiscali.co.uk btconnect.com btinternet.com
        btopenworld.com ntlworld.com sky.com virginmedia.com talktalk.net blueyonder.co.uk
        bigpond.com bigpond.net.au optusnet.com.au iinet.net.au xtra.co.nz
        mail.ru bk.ru list.ru inbox.ru rambler.ru ya.ru yandex.by yandex.com yandex.kz yandex.ru
        yandex.ua ukr.net i.ua seznam.cz centrum.cz email.cz wp.pl o2.pl interia.pl onet.pl
        abv.bg mail.bg citromail.hu freemail.hu azet.sk telefonica.net terra.es terra.com.br
        uol.com.br bol.com.br ig.com.br globo.com sapo.pt ziggo.nl planet.nl kpnmail.nl xs4all.nl
        qq.com vip.qq.com foxmail.com 126.com 139.com 163.com 189.com yeah.net sina.com sina.cn
        sohu.com aliyun.com tom.com naver.com daum.net hanmail.net nate.com docomo.ne.jp
        ezweb.ne.jp softbank.ne.jp nifty.com biglobe.ne.jp rediffmail.com sify.com indiatimes.com
        walla.com walla.co.il mweb.co.za vodamail.co.za maktoob.com
        gail.com grail.com goal.com gaia.com gmac.com gm.com line.com life.com five.com fox.com
        hostmail.com homemail.com overlook.com example.com acme.example";

    #[test]
    fn real_domains_get_no_hint() {
        assert!(REAL.split_whitespace().count() > 60);
        for domain in REAL.split_whitespace() {
            assert_eq!(hint(&format!("ada@{domain}")), None, "{domain}");
        }
    }

    #[test]
    fn what_is_farther_away_gets_no_hint() {
        for domain in [
            "mial.com",
            "goamil.com",
            "gmial.conn",
            "gmail.de",
            "gmial.example",
            "mail.gmail.com",
            "gmail.com.example",
            "love.con",
            "yahoo.fi",
            "gmaıl.com",
        ] {
            assert_eq!(hint(&format!("ada@{domain}")), None, "{domain}");
        }
    }

    /// All texts of up to four of these letters.
    fn texts(letters: &str) -> Vec<String> {
        let mut texts = vec![String::new()];
        let mut longest = texts.clone();
        for _ in 0..4 {
            let longer = |text: &String| {
                let text = text.clone();
                letters.chars().map(move |letter| format!("{text}{letter}"))
            };
            longest = longest.iter().flat_map(longer).collect();
            texts.extend(longest.clone());
        }
        texts
    }

    /// All texts that one slip makes of this one.
    fn mistyped(text: &str, letters: &str) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for at in 0..=text.len() {
            let (before, after) = text.split_at(at);
            for letter in letters.chars() {
                all.insert(format!("{before}{letter}{after}"));
            }
            let Some(letter) = after.chars().next() else {
                continue;
            };
            let without = format!("{before}{}", &after[1..]);
            for place in 0..=without.len() {
                for letter in letters.chars().filter(|_| place == at).chain([letter]) {
                    let (before, after) = without.split_at(place);
                    all.insert(format!("{before}{letter}{after}"));
                }
            }
            all.insert(without);
        }
        all.remove(text);
        all
    }

    #[test]
    fn a_slip_is_one_edit_or_move() {
        let texts = texts("abc");
        for text in &texts {
            let mistyped = mistyped(text, "abc");
            for other in &texts {
                let found = is_one_slip(text.as_bytes(), other.as_bytes());
                assert_eq!(found, mistyped.contains(other), "{text:?} {other:?}");
            }
        }
    }
}
