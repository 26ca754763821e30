// How mail programs, scanners and chats damage a link. They move its fragment into the path or the
// query, cut it, or append the text behind the link.

export const DAMAGES = {
  "an encoded #": ({ page, uuid, token }) => `${page}?user=${uuid}%23${token}`,
  "a path instead of a query and a fragment": ({ page, uuid, token }) =>
    `${page}%3Fuser=${uuid}%23${token}`,
  "all of it encoded, as in a parameter of a redirect": ({ page, uuid, token }) =>
    `${page}%3Fuser%3D${uuid}%23${token}`,
  "all of it encoded twice": ({ page, uuid, token }) => `${page}%253Fuser%253D${uuid}%2523${token}`,
  "a query encoded, the fragment kept": ({ page, uuid, token }) =>
    `${page}%3Fuser%3D${uuid}#${token}`,
  "an encoded =": ({ page, uuid, token }) => `${page}?user%3D${uuid}#${token}`,
  "an encoded = and #": ({ page, uuid, token }) => `${page}?user%3D${uuid}%23${token}`,
  "a # encoded twice": ({ page, uuid, token }) => `${page}?user=${uuid}%2523${token}`,
  "an encoded #, and a tracker's parameter behind it": ({ page, uuid, token }) =>
    `${page}?user=${uuid}%23${token}&fbclid=IwAR0${"x".repeat(56)}`,
  "an encoded # with a slash in front": ({ page, uuid, token }) => `${page}/%23${uuid}.${token}`,
  "an old link as a path": ({ page, uuid, token }) => `${page}%23${uuid}.${token}`,
  "an old link as a path, its dot encoded": ({ page, uuid, token }) =>
    `${page}%23${uuid}%2E${token}`,
  "an old link with its dot encoded": ({ page, uuid, token }) => `${page}#${uuid}%2E${token}`,
  "a tracker's parameters in front of the fragment": ({ page, uuid, token }) =>
    `${page}?user=${uuid}&utm_source=mail&mc_eid=0a1b2c3d4e#${token}`,
  "a tracker's id in front of the user's": ({ page, uuid, token }) =>
    `${page}?_kx=0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c22&user=${uuid}#${token}`,
  "a tracker's parameters behind the fragment": ({ link }) =>
    `${link}&utm_source=newsletter&utm_medium=email`,
  "a redirect's parameters behind the fragment": ({ link }) =>
    `${link}&source=gmail&ust=1795435200000000&usg=AOvVaw0123456789_abcdef-ghijklmnopqrstuvwxyzABC`,
  "a query behind the fragment": ({ link }) => `${link}?utm_source=x`,
  "a full stop": ({ link }) => `${link}.`,
  "an encoded full stop": ({ link }) => `${link}%2E`,
  "a comma and a word": ({ link }) => `${link},%20thanks`,
  "a closing bracket": ({ link }) => `${link})`,
  "a closing bracket and a full stop": ({ link }) => `${link}).`,
  "a Markdown link": ({ link }) => `${link}](${link})`,
  "an angle bracket": ({ link }) => `${link}>`,
  "an encoded angle bracket": ({ link }) => `${link}%3E`,
  "the entity of an angle bracket": ({ link }) => `${link}&gt;`,
  "a quotation mark": ({ link }) => `${link}"`,
  "a typographic quotation mark": ({ link }) => `${link}”`,
  "an asterisk, as in bold text": ({ link }) => `${link}*`,
  "underscores, as in italic text": ({ link }) => `${link}__`,
  "a dash": ({ link }) => `${link}-`,
  "a zero-width space": ({ link }) => `${link}\u200b`,
  "a zero-width space in front of the token": ({ page, uuid, token }) =>
    `${page}?user=${uuid}#\u200b${token}`,
  "a byte order mark in front of the user": ({ page, uuid, token }) =>
    `${page}?user=\ufeff${uuid}#${token}`,
  "a space": ({ link }) => `${link}%20`,
  "a line break": ({ link }) => `${link}%0D%0A`,
  "quoted-printable: = as =3D": ({ page, uuid, token }) => `${page}?user=3D${uuid}#${token}`,
  "quoted-printable: = behind the link": ({ link }) => `${link}=`,
  "quoted-printable: =3D behind the link": ({ link }) => `${link}=3D`,
  "quoted-printable: =20 behind the link": ({ link }) => `${link}=20`,
  "quoted-printable: a soft line break in the token": ({ page, uuid, token }) =>
    `${page}?user=${uuid}#${token.slice(0, 20)}=%0D%0A${token.slice(20)}`,
  "quoted-printable: a soft line break that lost its line break": ({ page, uuid, token }) =>
    `${page}?user=3D${uuid}#${token.slice(0, 9)}=${token.slice(9)}`,
  "quoted-printable: an encoded soft line break": ({ page, uuid, token }) =>
    `${page}?user=${uuid}#${token.slice(0, 30)}=0D=0A${token.slice(30)}`,
  "quoted-printable: a soft line break in the user": ({ page, uuid, token }) =>
    `${page}?user=3D${uuid.slice(0, 11)}=${uuid.slice(11)}#${token}`,
  "quoted-printable: a soft line break in front of the query": ({ page, uuid, token }) =>
    `${page}=?user=3D${uuid}#${token}`,
  "quoted-printable: an encoded soft line break in front of the query": ({ page, uuid, token }) =>
    `${page}=0D=0A?user=3D${uuid}#${token}`,
  "a space in front of the query": ({ page, uuid, token }) => `${page}%20?user=${uuid}#${token}`,
  "a tracker's user in front of ours": ({ page, uuid, token }) =>
    `${page}?utm_user=0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c22&user=${uuid}#${token}`,
  "a full-width #": ({ page, uuid, token }) => `${page}?user=${uuid}＃${token}`,
  "a space instead of the #": ({ page, uuid, token }) => `${page}?user=${uuid}%20${token}`,
  "no # at all": ({ page, uuid, token }) => `${page}?user=${uuid}${token}`,
  "quoted-printable: a path with a soft line break": ({ page, uuid, token }) =>
    `${page}%3Fuser=3D${uuid.slice(0, 4)}=%0A${uuid.slice(4)}%23${token}`,
  "the entity of a &": ({ page, uuid, token }) => `${page}?utm_source=x&amp;user=${uuid}#${token}`,
  "the entity of a #": ({ page, uuid, token }) => `${page}?user=${uuid}&#35;${token}`,
  "the entity of a #, encoded": ({ page, uuid, token }) =>
    `${page}?user=${uuid}%26%2335%3B${token}`,
  "a * instead of the #": ({ page, uuid, token }) => `${page}?user=${uuid}*${token}`,
  "a user in upper case": ({ page, uuid, token }) => `${page}?user=${uuid.toUpperCase()}#${token}`,
  "a slash behind the path": ({ page, uuid, token }) => `${page}/?user=${uuid}#${token}`,
  "two fragments": ({ link, token }) => `${link}#${token}`,
};

/** Damages that only a link with a second parameter has. */
const DAMAGES_OF_STOP = {
  "an encoded &": ({ page, uuid, token }) => `${page}?user=${uuid}%26stop#${token}`,
  "all of it encoded, with the &": ({ page, uuid, token }) =>
    `${page}%3Fuser%3D${uuid}%26stop%23${token}`,
  "the entity of its &": ({ page, uuid, token }) => `${page}?user=${uuid}&amp;stop#${token}`,
  "a value for stop": ({ page, uuid, token }) => `${page}?user=${uuid}&stop=#${token}`,
  "quoted-printable: a value for stop": ({ page, uuid, token }) =>
    `${page}?user=3D${uuid}&stop=3D#${token}`,
};

/** A link that stops mails after each damage. Links of an earlier release stop none. */
export const damagedStopLinks = mail => {
  const uuid = `${mail.uuid}&stop`;
  const whole = { ...mail, uuid, link: `${mail.page}?user=${uuid}#${mail.token}` };
  const damages = Object.entries(DAMAGES).filter(([, damage]) => !/uuid\}(?:\.|%2E)/.test(damage));
  return [
    ...damages.map(([name, damage]) => [name, damage(whole)]),
    ...Object.entries(DAMAGES_OF_STOP).map(([name, damage]) => [name, damage(mail)]),
  ];
};
