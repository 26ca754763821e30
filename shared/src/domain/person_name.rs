//! Names of people: which are accepted.
//!
//! A stranger can choose both the name and the address, so a name that can carry a message would
//! make the service send that stranger's mail. A name must be plain text without anything that a
//! mail program would make a link of. It greets only if it reads as a name:
//! [`Greeting`](super::greeting::Greeting).

use std::net::Ipv4Addr;

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::domain::characters::{
    char_before, is_control_or_line_break, is_joiner, is_letter, is_mark,
};

/// The error for a name: code and detail.
pub type BrokenRule = (&'static str, &'static str);

const CONTROL: BrokenRule = (
    "invalid_control_char",
    "Line breaks and control characters are not allowed in this field.",
);
const INVISIBLE: BrokenRule = (
    "invalid_invisible_char",
    "Invisible or direction-override characters are not allowed in this field.",
);
const BRACKET: BrokenRule = (
    "invalid_bracket",
    "Angle brackets are not allowed in this field.",
);
const URL: BrokenRule = ("invalid_url", "URLs are not allowed in this field.");

/// Schemes that mail programs make links of without `//`.
const OPAQUE_SCHEMES: [&str; 8] = [
    "mailto:",
    "tel:",
    "sms:",
    "javascript:",
    "data:",
    "skype:",
    "facetime:",
    "xmpp:",
];

/// Top levels in scripts that have no upper and lower case, of the Public Suffix List (November
/// 2026) and of IANA's tests. Case distinguishes `evil.com` from `Prof.Müller`. In these scripts
/// only a list distinguishes a domain from initials, as in `கே.ரமேஷ்`, `ד.לוי` and `ดร.สมชาย`.
const TOP_LEVELS_WITHOUT_CASE: &str = "\
    טעסט ישראל קום آزمایشی إختبار ابوظبي اتصالات ارامكو الاردن \
    البحرين الجزائر السعودية السعوديه السعودیة السعودیۃ العليان \
    المغرب اليمن امارات ايران ایران بارت بازار بيتك بھارت تونس \
    سودان سوريا سورية شبكة عراق عرب عمان فلسطين قطر كاثوليك كوم \
    مصر مليسيا موريتانيا موقع همراه پاكستان پاکستان ڀارت कॉम \
    नेट परीक्षा भारत भारतम् भारोत संगठन বাংলা ভারত ভাৰত ਭਾਰਤ \
    ભારત ଭାରତ இந்தியா இலங்கை சிங்கப்பூர் பரிட்சை భారత్ ಭಾರತ \
    ഭാരതം ලංකා คอม ไทย ລາວ გე みんな アマゾン クラウド グーグル コム ストア セール テスト \
    ファッション ポイント 世界 中信 中国 中國 中文网 亚马逊 企业 佛山 信息 健康 八卦 公司 公益 台湾 台灣 \
    商城 商店 商标 嘉里 嘉里大酒店 在线 大拿 天主教 娱乐 家電 广东 微博 慈善 我爱你 手机 招聘 政务 政府 \
    新加坡 新闻 时尚 書籍 机构 测试 淡马锡 測試 游戏 澳門 澳门 点看 移动 组织机构 网址 网店 网站 网络 \
    联通 臺灣 谷歌 购物 通販 集团 電訊盈科 飞利浦 食品 餐厅 香格里拉 香港 닷넷 닷컴 삼성 테스트 한국";

/// Checks a name without outer white space. All but the first rule look at its
/// compatibility form, in which a full-width dot is a dot.
pub fn check(name: &str) -> Result<(), BrokenRule> {
    if name.chars().any(is_control_or_line_break) {
        return Err(CONTROL);
    }
    let name = ComposingNormalizerBorrowed::new_nfkc().normalize(name);
    if has_invisible(&name) {
        return Err(INVISIBLE);
    }
    if name.contains(['<', '>']) {
        return Err(BRACKET);
    }
    let name = as_linked(&name);
    let lower_case = name.to_lowercase();
    if has_scheme(&lower_case)
        || begins_word(&lower_case, "www.")
        || has_bare_domain(&name)
        || has_ip_address(&name)
    {
        return Err(URL);
    }
    Ok(())
}

/// The name as a mail program searches it for links: without variation selectors and joiners, and
/// with a dot for the ideographic full stop, which separates labels as well (UTS 46, section 4;
/// NFKC has replaced its half-width form by it).
fn as_linked(name: &str) -> String {
    let seen = |c: &char| {
        !is_joiner(*c) && !matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
    };
    let as_dot = |c| if c == '\u{3002}' { '.' } else { c };
    name.chars().filter(seen).map(as_dot).collect()
}

/// Invisible characters that join, hide, reorder or pad the text around them. Variation selectors
/// are allowed: names with emoji have them.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}'                  // soft hyphen
        | '\u{034f}'                // combining grapheme joiner
        | '\u{061c}'                // Arabic letter mark
        | '\u{115f}' | '\u{1160}'   // Hangul fillers
        | '\u{17b4}' | '\u{17b5}'   // Khmer inherent vowels
        | '\u{180b}'..='\u{180f}'   // Mongolian selectors and separator
        | '\u{200b}'..='\u{200f}'   // zero-width space and joiners, direction marks
        | '\u{202a}'..='\u{202e}'   // direction embeddings and overrides
        | '\u{2060}'..='\u{206f}'   // word joiner, invisible operators, isolates
        | '\u{3164}'                // Hangul filler
        | '\u{feff}'                // byte order mark
        | '\u{ffa0}'                // half-width Hangul filler
        | '\u{fff9}'..='\u{fffb}'   // interlinear annotations
        | '\u{1d173}'..='\u{1d17a}' // musical formatting
        | '\u{e0000}'..='\u{e007f}' // tags
    )
}

/// Whether the name has an invisible character. Zero-width joiners are allowed between two letters
/// or marks of a script that joins: Persian, Hindi and Sinhala names need them.
fn has_invisible(name: &str) -> bool {
    let characters: Vec<char> = name.chars().collect();
    let joins = |at: Option<usize>| {
        at.and_then(|at| characters.get(at))
            .is_some_and(|c| joins(*c))
    };
    characters.iter().enumerate().any(|(at, c)| {
        let is_needed = || is_joiner(*c) && joins(at.checked_sub(1)) && joins(at.checked_add(1));
        is_invisible(*c) && !is_needed()
    })
}

/// A letter or mark of a script in which letters change their shape beside others: cursive scripts,
/// and those in which a sign for "no vowel" joins two consonants.
fn joins(c: char) -> bool {
    let is_of_script = matches!(c,
        '\u{600}'..='\u{77f}'       // Arabic, Syriac
        | '\u{7c0}'..='\u{7ff}'     // N'Ko
        | '\u{840}'..='\u{8ff}'     // Mandaic, Syriac, Arabic
        | '\u{900}'..='\u{dff}'     // Devanagari to Sinhala
        | '\u{1000}'..='\u{109f}'   // Myanmar
        | '\u{1780}'..='\u{17ff}'   // Khmer
        | '\u{1800}'..='\u{18af}'   // Mongolian
        | '\u{1a20}'..='\u{1aaf}'   // Tai Tham
        | '\u{1b00}'..='\u{1bff}'   // Balinese, Sundanese, Batak
        | '\u{1cd0}'..='\u{1cff}'   // Vedic
        | '\u{a840}'..='\u{a8ff}'   // Phags-pa, Saurashtra, Devanagari
        | '\u{a980}'..='\u{a9ff}'   // Javanese, Myanmar
        | '\u{aa60}'..='\u{aa7f}'   // Myanmar
        | '\u{aae0}'..='\u{aaff}'   // Meetei Mayek
        | '\u{abc0}'..='\u{abff}'   // Meetei Mayek
        | '\u{10a00}'..='\u{10a5f}' // Kharoshthi
        | '\u{10ac0}'..='\u{10aff}' // Manichaean
        | '\u{10b80}'..='\u{10baf}' // Psalter Pahlavi
        | '\u{10d00}'..='\u{10d3f}' // Hanifi Rohingya
        | '\u{10ec0}'..='\u{10fdf}' // Arabic, Sogdian, Chorasmian
        | '\u{11000}'..='\u{1183f}' // Brahmi to Dogra
        | '\u{11900}'..='\u{11f5f}' // Dives Akuru to Kawi
        | '\u{1e900}'..='\u{1e95f}' // Adlam
    );
    is_of_script && (is_letter(c) || is_mark(c))
}

/// `scheme://` of any scheme, or a scheme that needs no slashes.
fn has_scheme(name: &str) -> bool {
    name.match_indices("://")
        .any(|(at, _)| char_before(name, at).is_some_and(char::is_alphanumeric))
        || OPAQUE_SCHEMES
            .iter()
            .any(|scheme| begins_word(name, scheme))
}

/// Whether a word starts with `start` and continues: `www.x`, but not `Awww. x`.
fn begins_word(name: &str, start: &str) -> bool {
    name.match_indices(start).any(|(at, _)| {
        let goes_on = name
            .get(at + start.len()..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(|c| !c.is_whitespace());
        goes_on && !char_before(name, at).is_some_and(char::is_alphanumeric)
    })
}

/// A dot between a label and a possible top level: `evil.com`, but neither `J. R. R. Tolkien` nor
/// `K.Ramesh`.
fn has_bare_domain(name: &str) -> bool {
    let is_of_label = |c: char| is_letter(c) || is_mark(c) || c.is_numeric() || c == '-';
    name.match_indices('.').any(|(at, dot)| {
        let after = name.get(at + dot.len()..).unwrap_or_default();
        let end = after.find(|c| !is_of_label(c)).unwrap_or(after.len());
        // No label ends with a hyphen, so mail programs end the link before it.
        let label = after.get(..end).unwrap_or_default();
        let label = label.trim_end_matches('-');
        char_before(name, at).is_some_and(|c| !c.is_whitespace() && c != '.') && is_top_level(label)
    })
}

/// Two letters or more, in one case throughout; or a known name in a script without case; or an
/// A-label.
fn is_top_level(label: &str) -> bool {
    if label
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
    {
        return true;
    }
    let letters = || label.chars().filter(|c| is_letter(*c));
    if letters().count() < 2 || !label.chars().all(|c| is_letter(c) || is_mark(c)) {
        return false;
    }
    let is_upper = |c: char| c.is_uppercase() && !is_georgian(c);
    let is_lower = |c: char| c.is_lowercase() && !is_georgian(c);
    match (letters().any(is_upper), letters().any(is_lower)) {
        (true, true) => false,
        (false, false) => TOP_LEVELS_WITHOUT_CASE.split(' ').any(|name| name == label),
        _ => true,
    }
}

/// Georgian uses its capitals in headlines alone, so a name has one case throughout.
fn is_georgian(c: char) -> bool {
    matches!(c, '\u{10d0}'..='\u{10ff}' | '\u{1c90}'..='\u{1cbf}')
}

/// Four numbers joined by dots, which are a host as well.
fn has_ip_address(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_digit() && c != '.')
        .any(|word| word.trim_matches('.').parse::<Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_names(names: &[&str]) {
        for name in names {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn names_of_people_are_names() {
        assert_names(&[
            "",
            "Ada",
            "Ada Lovelace",
            "O'Hara",
            "Jean-Luc",
            "Łukasz",
            "Ærøskøbing",
            "Nguyễn Thị Minh Khai",
            "李小龍",
            "山田 太郎",
            "محمد",
            "דוד",
            "Åsa Öberg",
            "José María",
            "Björk Guðmundsdóttir",
            "X Æ A-12",
        ]);
    }

    #[test]
    fn initials_and_titles_are_names() {
        assert_names(&[
            "J. R. R. Tolkien",
            "J.R.R.",
            "Ph.D.",
            "Sammy Davis Jr.",
            "Dr. No",
            "Prof. Dr. h. c.",
            "K.Ramesh",
            "J.R.Tolkien",
            "Ma.Teresa",
            "Prof.Müller",
            "S.Kumar",
            "St.John",
            "M.Sc.",
            "a.b",
            "Д.Иванов",
            "Κ.Παπαδόπουλος",
            "கே.ரமேஷ்",
            "எம்.ஜி.ராமச்சந்திரன்",
            "डॉ.शर्मा",
            "د.محمد",
            "ד.לוי",
            "ดร.สมชาย",
            "გ.მესხი",
            "J.K.罗琳",
        ]);
    }

    #[test]
    fn what_is_no_link_may_be_a_name() {
        assert_names(&[
            "Robert'); DROP TABLE users;--",
            "50% off",
            "Win €500",
            "Ada ❤️",
            "3.14",
            "v2.0",
            "1.2.3",
            "1.2.3.4.5",
            "300.1.2.3",
            "a/b",
            "Anna: née Berg",
            "Awww. Ada",
            "www. Ada",
            "Hotel: Ada",
            "Big data: a life",
            "...",
            "x . y",
            "evil.c0m",
        ]);
    }

    #[test]
    fn control_characters_are_refused() {
        for name in [
            "Ada\nLovelace",
            "Ada\r\nBcc: x",
            "Ada\tLovelace",
            "a\u{7f}b",
            "a\u{85}b",
            "a\u{2028}b",
            "a\u{2029}b",
            "a\u{1b}[31m",
        ] {
            assert_eq!(check(name), Err(CONTROL), "{name:?}");
        }
    }

    #[test]
    fn hidden_characters_are_refused() {
        for name in [
            "Ad\u{200b}a",
            "A\u{200d}da",
            "A\u{200c}da",
            "\u{202e}moc.live",
            "a\u{2066}b",
            "a\u{feff}b",
            "a\u{ad}b",
            "a\u{2060}b",
            "a\u{e0041}b",
            "a\u{3164}b",
            "a\u{ffa0}b",
            "a\u{61c}b",
            // Joiners in scripts that do not join.
            "\u{200c}علی",
            "علی\u{200c}",
            "علی\u{200c}\u{200d}رضا",
            "علی \u{200c}رضا",
            "علی\u{200c}a",
            "دO\u{200d}ک",
            "م\u{200d}1",
            "👩\u{200d}💻",
            "李\u{200c}明",
            "ก\u{200d}ข",
        ] {
            assert_eq!(check(name), Err(INVISIBLE), "{name:?}");
        }
    }

    #[test]
    fn angle_brackets_are_refused() {
        for name in ["<b>Ada</b>", "a<b", "a>b", "＜script＞", "a﹤b"] {
            assert_eq!(check(name), Err(BRACKET), "{name:?}");
        }
    }

    #[test]
    fn linkable_names_are_refused() {
        for name in [
            "Win €500 at evil.example",
            "evil.com",
            "EVIL.COM",
            "visit evil.co.uk now",
            "www.evil",
            "WWW.evil",
            "https://evil",
            "hTTps://1.2.3.4",
            "ftp://x",
            "evil．com",
            "evil。com",
            "evil｡com",
            "evil․com",
            "ｅｖｉｌ.ｃｏｍ",
            "пример.рф",
            "例え.テスト",
            "click (evil.com)",
            "ada@evil.com",
            "mailto:ada",
            "javascript:alert(1)",
            "tel:+123",
            "evil.xn--p1ai",
            "evil.com/path",
            "evil.com.",
            "💌.ws",
            "a.b.evil.io:8080",
            "Dear customer,evil.com",
            "example.co.uk",
            "K.ramesh",
            "K.RAMESH",
            "prof.müller",
            "evil.com.Mr",
            "evil.Xn--P1ai",
            "ПРИМЕР.РФ",
            "παράδειγμα.ελ",
            "օրինակ.հայ",
            "მაგალითი.გე",
            "evil.中国",
            "evil.한국",
            "evil.ไทย",
            "evil.ලංකා",
            "evil.ایر\u{200c}ان",
            "موقع.السعودية",
            "(evil.com)",
            "evil.com…",
            "evil.com-",
            "evil.com--",
            "evil.com- Ada",
            "evil.\u{fe0f}com",
            "evil.भारत",
            "data:text/html,x",
            "93.184.216.34",
            "see 93.184.216.34/login",
            "１.２.３.４",
        ] {
            assert_eq!(check(name), Err(URL), "{name:?}");
        }
    }
}
