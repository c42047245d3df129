// How an answer is read: the one table that reading.py and answer_reader.js execute, rule by rule, in the same order.
// What follows the first brace is JSON, which Python reads from this file. Patterns are of the kind that both know.

/**
 * @typedef {object} AnswerGrammar
 * @property {number} longest signs that are read at all
 * @property {Record<string, string>} same what a sign is read as
 * @property {string} plain signs that stand for themselves
 * @property {Record<string, number>} digits kinds of digits that are not read, with the code of their zero
 * @property {[string, string][]} phrases what is written in another way before it is read
 * @property {[string, string][]} refused what is refused at once, and the kind of the refusal
 * @property {string[]} number its parts: about, sign, currency, sign; numeral, power of ten; base and power, power; below the bar
 * @property {[string, string, string][]} numerals a numeral, the signs that part its groups, its decimal point
 * @property {string} word one word of what follows the number
 * @property {string[]} per words that begin "per"
 * @property {Record<string, number>} magnitudes
 * @property {Record<string, number>} letters magnitudes of one letter, where no unit is meant
 * @property {Record<string, number>} large the same where they might be half a unit: only before a whole one
 * @property {string[]} lettered what is measured in units that a letter alone might be half of
 * @property {string[]} bits bits or bytes?
 * @property {string[]} signed what may be below zero
 * @property {string[]} foreign other currencies
 * @property {Record<string, Record<string, number>>} units by what they measure, with their factors
 * @property {Record<string, string>} boxes units of answers that go by another name
 * @property {Record<string, Record<string, number>>} also further words for one unit of an answer
 * @property {Record<string, string>} names what an answer is in
 * @property {Record<string, string>} replies by the kind of the refusal
 */

/** @type {AnswerGrammar} */
export const ANSWER_GRAMMAR = {
  "longest": 80,
  "same": {
    "\t": " ", "\n": " ", "\r": " ", "\u00a0": " ", "\u2000": " ", "\u2001": " ", "\u2002": " ", "\u2003": " ",
    "\u2004": " ", "\u2005": " ", "\u2006": " ", "\u2007": " ", "\u2008": " ", "\u2009": " ", "\u200a": " ",
    "\u202f": " ", "\u205f": " ", "\u3000": " ",
    "\u00ad": "", "\u200b": "", "\u200e": "", "\u200f": "", "\u2060": "", "\ufeff": "",
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
    "\u2019": "'", "\u02bc": "'", "\u03bc": "\u00b5", "\u2248": "~", "\u223c": "~",
    "\u00b7": "\u00d7", "\u22c5": "\u00d7", "*": "\u00d7", "\u2215": "/", "\u2044": "/",
    "⁰": "⁰", "¹": "¹", "²": "²", "³": "³", "⁴": "⁴", "⁵": "⁵", "⁶": "⁶", "⁷": "⁷", "⁸": "⁸", "⁹": "⁹", "⁺": "⁺", "⁻": "⁻"
  },
  "plain": " !\"#%&'()+,-./:;<=>?@[]^_`{|}~$€£¥¢‰±≤≥…∞×µabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
  "digits": {
    "Arabic-Indic": 1632, "Extended Arabic-Indic": 1776, "Nko": 1984, "Devanagari": 2406, "Bengali": 2534,
    "Gurmukhi": 2662, "Gujarati": 2790, "Oriya": 2918, "Tamil": 3046, "Telugu": 3174, "Kannada": 3302,
    "Malayalam": 3430, "Sinhala": 3558, "Thai": 3664, "Lao": 3792, "Tibetan": 3872, "Myanmar": 4160,
    "Myanmar Shan": 4240, "Khmer": 6112, "Mongolian": 6160, "Limbu": 6470, "New Tai Lue": 6608, "Tai Tham Hora": 6784,
    "Tai Tham": 6800, "Balinese": 6992, "Sundanese": 7088, "Lepcha": 7232, "Ol Chiki": 7248, "subscript": 8320,
    "Vai": 42528, "Saurashtra": 43216, "Kayah Li": 43264, "Javanese": 43472, "Myanmar Tai Laing": 43504, "Cham": 43600,
    "Meetei Mayek": 44016, "full-width": 65296, "mathematical bold": 120782, "mathematical double-struck": 120792,
    "mathematical sans-serif": 120802, "mathematical sans-serif bold": 120812, "mathematical monospace": 120822
  },
  "phrases": [
    ["××", "^"], ["([⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", "^\\1"], ["⁺", "+"], ["⁻", "-"], ["⁰", "0"], ["¹", "1"], ["²", "2"], ["³", "3"],
    ["⁴", "4"], ["⁵", "5"], ["⁶", "6"], ["⁷", "7"], ["⁸", "8"], ["⁹", "9"],
    [" +", " "], ["^ | $", ""], ["([0-9A-Za-z%])\\.$", "\\1"],
    ["[Pp]er ?[Cc]ent\\b", "percent"], ["[Pp]er ?[Mm]ille\\b", "‰"], ["([0-9]) ?-? ?fold$", "\\1×"],
    ["\\b[Uu]\\.?[Ss]\\.? ?[Dd]ollars?\\b", "usd"], ["\\bU\\.?S\\.? ?[$]", "usd "],
    ["[Tt][Pp][Ss]$", "tok/s"], ["([0-9] ?)[Tt]/s$", "\\1tok/s"], ["\\b([Mm]illion|[Mm]) ?([Tt]okens?|[Tt]oks?)\\b", "Mtok"],
    ["([0-9])[Mm] ?([Tt]okens?|[Tt]oks?)\\b", "\\1 Mtok"],
    ["\\b(H100|GPU|gpu|[Cc]hip)[- ](h|hours?)\\b", "chip-\\2"],
    ["\\b(?:[Pp]eta[Ff][Ll][Oo][Pp]s?|PFLOPS?|PF)(?:/s)?[- ]days?\\b", "petaflop-days"]
  ],
  "refused": [
    ["^$", "empty"],
    ["^(?:about|~)? ?[-+]? ?(?:inf|infinity|nan|∞)$", "infinite"],
    ["^(?:[<>≤≥]|(?:at least|at most|up to|over|under|more than|less than|fewer than|almost|nearly|no more than)\\b)", "bound"],
    ["±|[+]/?-|\\.\\.|…|[0-9%] ?- ?[$]?[0-9]|[0-9].* - ?[$]?[0-9]|[0-9].* (?:to|or|and) [$]?[0-9]", "range"],
    ["‰|[0-9 ](?:bps?|basis points?)$", "permille"],
    ["^[^0-9]*$", "none"]
  ],
  "number": [
    "^(~|(?:about|around|approximately|approx|roughly|circa|ca|c)\\b\\.?)? ?([-+])? ?([$€£¥]|usd|eur|gbp)? ?([-+])? ?",
    "((?:[0-9]+(?:[.,'_ ][0-9]+)*)|[.,][0-9]+)(?:e([-+]?[0-9]+))?",
    "(?: ?[×x] ?([0-9]+) ?\\^ ?([-+]?[0-9]+)| ?\\^ ?([-+]?[0-9]+)| ?/ ?(?!1 ?[a-z])",
    "([0-9]+(?:[.,'_ ][0-9]+)*))?(?![0-9^])"
  ],
  "numerals": [
    ["^(?:[0-9]+|[0-9]*\\.[0-9]+)$", "", "."],
    ["^[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\\.[0-9]+)?$", ",", "."],
    ["^[1-9][0-9]{0,2} [0-9]{3}(?: [0-9]{3})*(?:[.,][0-9]+)?$", " ", ",."],
    ["^[1-9][0-9]{0,2}'[0-9]{3}(?:'[0-9]{3})*(?:[.,][0-9]+)?$", "'", ",."],
    ["^[1-9][0-9]{0,2}_[0-9]{3}(?:_[0-9]{3})*(?:[.,][0-9]+)?$", "_", ",."],
    ["^[1-9][0-9]{0,2}(?:\\.[0-9]{3}){2,}$", ".", ","],
    ["^[1-9][0-9]{0,2}(?:\\.[0-9]{3})+,[0-9]+$", ".", ","],
    ["^[0-9]*,[0-9]+$", "", ","]
  ],
  "word": "^ ?([A-Za-zµ][A-Za-zµ0-9]*(?:-[A-Za-z]+)*|[%$€£¥¢×/]|1(?![0-9.,'_]))",
  "per": ["/", "per", "a", "an", "each", "every"],
  "magnitudes": {
    "hundred": 1e2, "thousand": 1e3, "thousands": 1e3, "million": 1e6, "millions": 1e6, "mn": 1e6, "mln": 1e6,
    "billion": 1e9, "billions": 1e9, "bn": 1e9, "trillion": 1e12, "trillions": 1e12, "tn": 1e12, "trn": 1e12
  },
  "letters": {"k": 1e3, "m": 1e6, "g": 1e9, "b": 1e9, "t": 1e12},
  "large": {"k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "B": 1e9, "T": 1e12},
  "lettered": ["bytes", "time"],
  "signed": ["ratio", "money", ""],
  "bits": ["Kb", "Mb", "Gb", "Tb", "Pb", "Eb"],
  "foreign": ["€", "£", "¥", "eur", "euro", "euros", "gbp", "pound", "pounds", "yen", "jpy", "cny", "rmb", "yuan", "chf"],
  "units": {
    "bytes": {
      "B": 1, "b": 1, "byte": 1, "bytes": 1, "kB": 1e3, "kb": 1e3, "MB": 1e6, "mb": 1e6, "GB": 1e9, "gb": 1e9,
      "TB": 1e12, "tb": 1e12, "PB": 1e15, "pb": 1e15, "EB": 1e18, "eb": 1e18, "kib": 1024, "mib": 1048576,
      "gib": 1073741824, "tib": 1099511627776, "pib": 1125899906842624,
      "kilobyte": 1e3, "kilobytes": 1e3, "megabyte": 1e6, "megabytes": 1e6, "gigabyte": 1e9, "gigabytes": 1e9,
      "terabyte": 1e12, "terabytes": 1e12, "petabyte": 1e15, "petabytes": 1e15, "kibibyte": 1024, "kibibytes": 1024,
      "mebibyte": 1048576, "mebibytes": 1048576, "gibibyte": 1073741824, "gibibytes": 1073741824,
      "tebibyte": 1099511627776, "tebibytes": 1099511627776, "bit": 0.125, "bits": 0.125, "kbit": 125, "mbit": 125e3,
      "gbit": 125e6, "tbit": 125e9, "kilobits": 125, "megabits": 125e3, "gigabits": 125e6, "terabits": 125e9
    },
    "time": {
      "s": 1, "ns": 1e-9, "µs": 1e-6, "us": 1e-6, "ms": 1e-3, "sec": 1, "secs": 1, "second": 1, "seconds": 1,
      "nanosecond": 1e-9, "nanoseconds": 1e-9, "microsecond": 1e-6, "microseconds": 1e-6, "millisecond": 1e-3,
      "milliseconds": 1e-3, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "h": 3600, "hr": 3600, "hrs": 3600,
      "hour": 3600, "hours": 3600, "d": 86400, "day": 86400, "days": 86400, "wk": 604800, "week": 604800,
      "weeks": 604800, "month": 2628000, "months": 2628000, "y": 31536000, "yr": 31536000, "yrs": 31536000,
      "year": 31536000, "years": 31536000
    },
    "ratio": {"%": 0.01, "percent": 0.01, "pct": 0.01, "×": 1, "x": 1, "times": 1, "fold": 1},
    "money": {"USD": 1, "usd": 1, "$": 1, "dollar": 1, "dollars": 1, "cent": 0.01, "cents": 0.01, "¢": 0.01},
    "tokens": {
      "token": 1, "tokens": 1, "tok": 1, "toks": 1, "ktok": 1e3, "Mtok": 1e6, "mtok": 1e6, "mtoken": 1e6,
      "mtokens": 1e6, "Gtok": 1e9, "gtok": 1e9, "btok": 1e9
    },
    "chips": {"chip": 1, "chips": 1, "gpu": 1, "gpus": 1, "GPUs": 1, "accelerator": 1, "accelerators": 1}
  },
  "boxes": {"iB": "B", "petaflop/s-days": "petaflop-days"},
  "also": {
    "Mtok": {"million": 1e6, "m": 1e6},
    "hours": {"chip-h": 3600, "chip-hour": 3600, "chip-hours": 3600},
    "h": {"chip-h": 3600, "chip-hour": 3600, "chip-hours": 3600},
    "requests": {"req": 1, "reqs": 1}, "parameters": {"params": 1, "param": 1, "weights": 1},
    "prompts": {"queries": 1, "query": 1}, "sequences": {"seqs": 1, "seq": 1}
  },
  "names": {
    "bytes": "in bytes", "time": "a time", "ratio": "a share or a ratio", "money": "in US dollars",
    "tokens": "in tokens", "chips": "a number of chips", "": "a plain number",
    "days": "in days", "hours": "in hours", "USD/h": "in US dollars per hour",
    "USD/Mtok": "in US dollars per million tokens", "USD/year": "in US dollars per year",
    "USD/month": "in US dollars per month", "tokens/s": "in tokens per second", "B/token": "in bytes per token",
    "prompts/day": "in prompts per day"
  },
  "replies": {
    "empty": "There is nothing to read yet.",
    "long": "That is longer than an answer can be: it has more than 80 signs.",
    "type": "That is not a number.",
    "sign": "The sign “{given}” ({kind}) is not read here.",
    "digits": "“{given}” is a digit of another kind ({kind}): use 0 to 9.",
    "infinite": "“{given}” is not a finite number.",
    "bound": "“{given}” is a bound: give the one number that you computed.",
    "range": "That is a range, or two numbers: give one.",
    "permille": "Per mille and basis points are not read: give per cent.",
    "none": "There is no number in digits in “{given}”.",
    "number": "“{given}” does not begin with a number that can be read.",
    "grouping": "“{given}” can be read in more than one way: part thousands in threes, and write one decimal point.",
    "zero": "Nothing can be divided by zero.",
    "power": "Only powers of 10 and of 2 are read, not “{given}”.",
    "negative": "“{given}” is below zero, and the answer ({unit}) cannot be.",
    "size": "“{given}” is too large or too small to be computed with.",
    "two": "There is a second number, “{given}”: give one.",
    "word": "“{given}” is not understood: the answer is {unit}.",
    "unit": "The answer is {unit}, not in “{given}”.",
    "letter": "“{given}” alone may mean several things here: write the unit in full.",
    "bits": "“{given}” may mean bits or bytes: a small b stands for bits. Write B for bytes, and bit for bits.",
    "foreign": "“{given}” is another currency: the answer is in US dollars.",
    "share": "Is “{given}” per cent or a ratio? Write the sign: {given}% if you mean per cent.",
    "per": "“{given}” does not fit: the answer is {unit}."
  }
};
