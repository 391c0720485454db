//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2622,
        signs: &[
            ("tautology", 8056),
            ("break_union", 8047),
            ("break_stacked", 8050),
            ("break_probe", 8058),
            ("break_clause", 8059),
            ("shape", 2718),
            ("union", 5159),
            ("sub_select", 2774),
            ("waits", 660),
            ("catalogue", 3721),
            ("probe", 508),
            ("nested_probe", 1903),
            ("characters", 2810),
            ("nulls", 1673),
            ("ends_in_comment", 4837),
            ("ends_in_string", 2124),
            ("closes", 848),
            ("sql", -173),
            ("continues", 1170),
            ("constants", 2813),
            ("statement", 0),
            ("deed", 3164),
            ("order", 3613),
            ("case", 3091),
            ("prose", -361),
            ("clause_alone", 3469),
            ("asks", 1674),
            ("stacked", 4207),
            ("quote_and_comment", 4540),
            ("comment_for_blank", 3956),
            ("quote_and_operator", 2331),
            ("hexadecimal", 1715),
        ],
        shape: &[
            -112, // over_32_bytes
            -80, // over_128_bytes
            -823, // over_512_bytes
            186, // over_2048_bytes
            -292, // several_lines
            -1247, // many_lines
            -428, // words_in_a_row
            -2383, // sentence
            -1042, // mostly_letters
            782, // mostly_marks
            -396, // is_name
            -459, // no_blank
            -948, // document
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -316,
        signs: &[
            ("probe", 8050),
            ("out-of-attribute", 8046),
            ("out-of-element", 8046),
            ("out-of-string", 8049),
            ("address", 8047),
            ("constructed", 8046),
            ("symbols", 8046),
            ("hidden-address", 8047),
            ("utf-7", 8054),
            ("lone-handler", 8046),
            ("told", 1483),
            ("runs", 2176),
            ("script-tag", 2366),
            ("style", 3658),
            ("call", 2679),
            ("symbols-few", 3008),
            ("changes", 4373),
            ("odd-separator", 3286),
            ("address-calls", 0),
            ("steals", 3017),
            ("opens", 1855),
            ("handler", -452),
            ("script", -714),
            ("address-somewhere", 1717),
            ("proof-somewhere", 381),
            ("frame", 1572),
            ("shape", 151),
            ("hidden", 1508),
            ("torn", 2228),
            ("code", 175),
        ],
        shape: &[
            232, // over_32_bytes
            1549, // over_128_bytes
            -421, // over_512_bytes
            18, // over_2048_bytes
            -1022, // several_lines
            -1667, // many_lines
            -1689, // words_in_a_row
            -678, // sentence
            -725, // mostly_letters
            1253, // mostly_marks
            2053, // is_name
            851, // no_blank
            702, // document
        ],
    },
    Weights {
        attack: Attack::Command,
        always: -132,
        signs: &[
            ("leading separator", 8049),
            ("appended", 8047),
            ("separator and command", 5709),
            ("substitution", 8046),
            ("substitution of a word", 5054),
            ("command", 827),
            ("command on a target", 8054),
            ("spliced name", 8082),
            ("blank by variable", 8048),
            ("slice of a variable", 3428),
            ("brace expansion", 8052),
            ("globbed path", 8052),
            ("function that runs where it is read", 8119),
            ("command that looks around and nothing else", 3737),
            ("reverse shell", 8046),
            ("reverse shell in text", 2831),
            ("server-side include", 8046),
            ("call that runs a command", 8051),
            ("call that runs something", 3250),
            ("hidden powershell", 8046),
            ("powershell", 3391),
            ("control flow of cmd", 4928),
            ("variable as a command", 3264),
            ("empty expansion", 2861),
            ("here string or process substitution", 3429),
            ("command of a mail protocol", 8050),
            ("command with a target in text", 2900),
            ("separator and name of a program", -1388),
            ("command in text", -785),
            ("name of a program alone", 8),
            ("tilde expansion", 1482),
            ("path to a program", 2331),
        ],
        shape: &[
            44, // over_32_bytes
            -1238, // over_128_bytes
            -636, // over_512_bytes
            -179, // over_2048_bytes
            1766, // several_lines
            -2082, // many_lines
            -899, // words_in_a_row
            -1491, // sentence
            217, // mostly_letters
            2973, // mostly_marks
            704, // is_name
            18, // no_blank
            305, // document
        ],
    },
    Weights {
        attack: Attack::Traversal,
        always: -2176,
        signs: &[
            ("climb to a target", 8091),
            ("escaped climb", 8068),
            ("far climb", 8078),
            ("climb out of the root", 8073),
            ("odd separators in a climb", 8055),
            ("file that is the system's own", 3650),
            ("segments of dots", 8119),
            ("server that lists of files name", 3600),
            ("stream wrapper", 8053),
            ("climb in base64", 8046),
            ("path cut off by a null byte", 8053),
            ("climb of some levels", 0),
            ("path with a null byte", 1931),
            ("file of passwords", 8062),
            ("file of windows", 4047),
            ("file of a process", 3476),
            ("log of a server", 3599),
            ("configuration of a server", 3492),
            ("file of secrets", 4992),
            ("backup of a source", 3399),
            ("file url", 0),
            ("filter of a stream", 8086),
            ("path with slashes of both kinds", 3447),
            ("run of dots", 4486),
            ("climb in text", 1395),
            ("target in text", 2441),
            ("path that a system has and no API", 1674),
            ("hidden file", -119),
            ("share of a host", 311),
            ("climb and nothing else", 3574),
            ("file of the process that reads it", 8046),
            ("path of a system in its documentation", -190),
        ],
        shape: &[
            388, // over_32_bytes
            1526, // over_128_bytes
            346, // over_512_bytes
            -231, // over_2048_bytes
            -321, // several_lines
            -1485, // many_lines
            -1430, // words_in_a_row
            -1362, // sentence
            434, // mostly_letters
            -276, // mostly_marks
            87, // is_name
            1330, // no_blank
            2, // document
        ],
    },
    Weights {
        attack: Attack::Template,
        always: -1711,
        signs: &[
            ("constants are calculated", 8052),
            ("classes are reached", 8048),
            ("objects of the platform are reached", 8049),
            ("a program is run", 8048),
            ("a filter runs a function", 8047),
            ("a constructor is reached", 8054),
            ("a directive imports or runs", 8062),
            ("delimiters of several engines", 8046),
            ("constants are calculated in text", 2837),
            ("classes are reached in text", 2184),
            ("objects of the platform in text", 2342),
            ("a program is run in text", 2341),
            ("classes are reached without delimiters", 3360),
            ("objects of the platform without delimiters", 4166),
            ("a program is run without delimiters", 3847),
            ("a method of a literal", 3002),
            ("globals of an engine", 4132),
            ("a call in an expression", 3164),
            ("an expression and nothing else", 571),
            ("a statement of a template", 1169),
            ("an error is provoked", 3549),
            ("an expression that is not closed", 1208),
            ("a block with a value of its own", 2858),
            ("a scriptlet", 272),
            ("an assignment in a directive", 2882),
            ("an expression is closed before one opens", 2831),
        ],
        shape: &[
            425, // over_32_bytes
            -360, // over_128_bytes
            -770, // over_512_bytes
            -119, // over_2048_bytes
            -968, // several_lines
            -1314, // many_lines
            -1025, // words_in_a_row
            -1101, // sentence
            -471, // mostly_letters
            356, // mostly_marks
            51, // is_name
            -765, // no_blank
            -18, // document
        ],
    },
    Weights {
        attack: Attack::Lookup,
        always: -2160,
        signs: &[
            ("names of a directory are looked up", 8046),
            ("the name of a look-up is spliced", 8046),
            ("a remote look-up in text", 2831),
            ("a variable is looked up within another look-up", 2831),
            ("a variable is looked up", 1208),
            ("a look-up within a look-up", 1208),
            ("a protocol of a directory", 1208),
            ("the name of a remote look-up", 1208),
            ("the environment or a key is looked up", 2831),
        ],
        shape: &[
            513, // over_32_bytes
            248, // over_128_bytes
            -379, // over_512_bytes
            -119, // over_2048_bytes
            -359, // several_lines
            -951, // many_lines
            -906, // words_in_a_row
            -837, // sentence
            -471, // mostly_letters
            729, // mostly_marks
            51, // is_name
            97, // no_blank
            36, // document
        ],
    },
    Weights {
        attack: Attack::ServerRequest,
        always: -1924,
        signs: &[
            ("url of a metadata service", 8168),
            ("internal address in an odd notation", 8052),
            ("public address in an odd notation", 8186),
            ("scheme that sends raw bytes", 8053),
            ("authority that is read in two ways", 8062),
            ("port of another protocol on the own machine", 8054),
            ("internal host behind a user", 8046),
            ("url of the own machine", 2080),
            ("url of a private network", 326),
            ("url within a cluster", 1208),
            ("name that resolves to what it says", 3332),
            ("host that records its callers", 2831),
            ("scheme of another service", 2216),
            ("url of a file", 2113),
            ("user that is written as a host", 2872),
            ("url of a metadata service in text", 3236),
            ("url of an internal host in text", 1685),
            ("url without a scheme", 1759),
            ("more slashes than a url has", 2966),
            ("backslashes before a host", 3005),
            ("scheme without slashes", 2928),
            ("url as a path", 3123),
            ("escaped bytes before a host", 8177),
            ("host and a climb", 3049),
            ("host in letters of another kind", 3213),
            ("internal url in a parameter", 2852),
            ("url of an address", 448),
            ("path of a metadata service", 2833),
            ("user with a port", 2831),
            ("address of a metadata service alone", 2831),
            ("form that browsers repair and nobody writes", 4665),
            ("host without a scheme and nothing else", 4073),
        ],
        shape: &[
            1675, // over_32_bytes
            118, // over_128_bytes
            -509, // over_512_bytes
            -119, // over_2048_bytes
            -488, // several_lines
            -1081, // many_lines
            -1036, // words_in_a_row
            -967, // sentence
            -393, // mostly_letters
            328, // mostly_marks
            51, // is_name
            -1010, // no_blank
            36, // document
        ],
    },
    Weights {
        attack: Attack::Line,
        always: -2169,
        signs: &[
            ("field of a response behind a datum", 8046),
            ("field behind an escaped line end", 8046),
            ("second message behind a datum", 8046),
            ("recipient behind a datum", 8046),
            ("field of a response in text", 1172),
            ("field of a mail behind a datum", 2831),
            ("entry of a log behind a datum", 2831),
            ("body behind an empty line", 2831),
            ("line end in a name", 2831),
            ("escaped line end", 1208),
            ("field behind a line end as in source code", 2831),
            ("field of a response behind a sentence", 2831),
            ("line end at the beginning", 1170),
            ("field of a mail in text", 1161),
        ],
        shape: &[
            504, // over_32_bytes
            239, // over_128_bytes
            -385, // over_512_bytes
            -121, // over_2048_bytes
            -368, // several_lines
            -958, // many_lines
            -915, // words_in_a_row
            -843, // sentence
            -473, // mostly_letters
            729, // mostly_marks
            51, // is_name
            97, // no_blank
            34, // document
        ],
    },
    Weights {
        attack: Attack::Xml,
        always: -2042,
        signs: &[
            ("external", 8046),
            ("parameter", 8046),
            ("nested", 8046),
            ("bomb", 8046),
            ("foreign-type", 8046),
            ("includes-file", 8046),
            ("transforms", 8049),
            ("split", 8074),
            ("encoding", 8046),
            ("external-name", 3438),
            ("internal", 3234),
            ("includes", 2831),
            ("repeats", 2831),
            ("stylesheet", 593),
            ("type", 1518),
            ("letter", 1230),
            ("schema", 1208),
        ],
        shape: &[
            632, // over_32_bytes
            785, // over_128_bytes
            -473, // over_512_bytes
            -213, // over_2048_bytes
            -453, // several_lines
            -1045, // many_lines
            -906, // words_in_a_row
            -837, // sentence
            -565, // mostly_letters
            -136, // mostly_marks
            51, // is_name
            105, // no_blank
            286, // document
        ],
    },
    Weights {
        attack: Attack::NoSql,
        always: -2766,
        signs: &[
            ("credential", 8046),
            ("runs", 8048),
            ("out-of-string", 8125),
            ("out-of-number", 8103),
            ("always", 8046),
            ("out-of-object", 8060),
            ("command", 8046),
            ("script", 8046),
            ("name", 2311),
            ("object", 3126),
            ("shell", 2387),
            ("operator", 1524),
            ("tautology", 1208),
        ],
        shape: &[
            1989, // over_32_bytes
            248, // over_128_bytes
            -379, // over_512_bytes
            -119, // over_2048_bytes
            -359, // several_lines
            -951, // many_lines
            -906, // words_in_a_row
            -837, // sentence
            -471, // mostly_letters
            1478, // mostly_marks
            -530, // is_name
            -163, // no_blank
            36, // document
        ],
    },
    Weights {
        attack: Attack::Ldap,
        always: -2214,
        signs: &[
            ("leaves", 8049),
            ("joins", 8062),
            ("matches-all", 8067),
            ("rule", 8063),
            ("cut", 8050),
            ("closes", 2841),
            ("credential", 3375),
            ("escaped", 1153),
            ("filter", 1131),
        ],
        shape: &[
            1303, // over_32_bytes
            221, // over_128_bytes
            -407, // over_512_bytes
            -119, // over_2048_bytes
            -386, // several_lines
            -978, // many_lines
            -933, // words_in_a_row
            -865, // sentence
            -471, // mostly_letters
            261, // mostly_marks
            51, // is_name
            -752, // no_blank
            36, // document
        ],
    },
    Weights {
        attack: Attack::XPath,
        always: -1896,
        signs: &[
            ("leaves", 8074),
            ("path", 8055),
            ("probe", 3659),
            ("tautology", 3814),
            ("expression", 383),
        ],
        shape: &[
            854, // over_32_bytes
            173, // over_128_bytes
            -426, // over_512_bytes
            -119, // over_2048_bytes
            -435, // several_lines
            -1027, // many_lines
            -982, // words_in_a_row
            -900, // sentence
            -497, // mostly_letters
            370, // mostly_marks
            51, // is_name
            -245, // no_blank
            22, // document
        ],
    },
    Weights {
        attack: Attack::Object,
        always: -2166,
        signs: &[
            ("php", 8046),
            ("java", 8046),
            ("pickle", 8046),
            ("dotnet", 8046),
            ("node", 8046),
            ("tag", 8046),
            ("gadget", 8046),
            ("decoder", 8046),
            ("ruby", 2831),
            ("pickle-encoded", 2831),
            ("php-standard", 2831),
            ("tag-named", 2831),
            ("type", 2831),
            ("class", 2866),
            ("php-scalars", 1053),
            ("state", 1208),
            ("ruby-encoded", 1208),
            ("gadget-named", 1269),
            ("type-name", 1208),
            ("tool", 1208),
        ],
        shape: &[
            523, // over_32_bytes
            258, // over_128_bytes
            -373, // over_512_bytes
            -119, // over_2048_bytes
            -359, // several_lines
            -951, // many_lines
            -906, // words_in_a_row
            -837, // sentence
            -471, // mostly_letters
            713, // mostly_marks
            51, // is_name
            81, // no_blank
            36, // document
        ],
    },
    Weights {
        attack: Attack::Prototype,
        always: -1479,
        signs: &[
            ("name", 8046),
            ("key", 8046),
            ("whole", 8046),
            ("assigns", 3071),
            ("member", 2570),
        ],
        shape: &[
            588, // over_32_bytes
            256, // over_128_bytes
            -379, // over_512_bytes
            -119, // over_2048_bytes
            -359, // several_lines
            -951, // many_lines
            -906, // words_in_a_row
            -837, // sentence
            -136, // mostly_letters
            978, // mostly_marks
            51, // is_name
            699, // no_blank
            36, // document
        ],
    },
    Weights {
        attack: Attack::GraphQl,
        always: -1093,
        signs: &[
            ("cycle", 8046),
            ("credentials", 8046),
            ("directives", 8046),
            ("repeated", 8046),
            ("deep", 2831),
            ("aliases", 2831),
            ("credentials-few", 3013),
            ("directives-few", 2831),
            ("repeated-few", 2831),
            ("introspection", 2863),
            ("nested", 1505),
            ("aliases-few", 1208),
            ("operations", 1208),
            ("types-loop", 2831),
        ],
        shape: &[
            1280, // over_32_bytes
            778, // over_128_bytes
            59, // over_512_bytes
            -119, // over_2048_bytes
            57, // several_lines
            -650, // many_lines
            -696, // words_in_a_row
            -837, // sentence
            -261, // mostly_letters
            751, // mostly_marks
            51, // is_name
            268, // no_blank
            36, // document
        ],
    },
    Weights {
        attack: Attack::Scanner,
        always: -2151,
        signs: &[
            ("host", 8046),
            ("tool", 2923),
            ("placeholder", 2831),
            ("collector", 1208),
        ],
        shape: &[
            513, // over_32_bytes
            248, // over_128_bytes
            -379, // over_512_bytes
            -119, // over_2048_bytes
            -359, // several_lines
            -951, // many_lines
            -906, // words_in_a_row
            -837, // sentence
            -471, // mostly_letters
            729, // mostly_marks
            51, // is_name
            101, // no_blank
            36, // document
        ],
    },
];
