//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2667,
        signs: &[
            ("tautology", 8071),
            ("break_union", 8063),
            ("break_stacked", 8066),
            ("break_probe", 8075),
            ("break_clause", 8074),
            ("shape", 2613),
            ("union", 5255),
            ("sub_select", 2883),
            ("waits", 996),
            ("catalogue", 3749),
            ("probe", 388),
            ("nested_probe", 2034),
            ("characters", 2992),
            ("nulls", 1730),
            ("ends_in_comment", 4813),
            ("ends_in_string", 2015),
            ("closes", 883),
            ("sql", -125),
            ("continues", 1184),
            ("constants", 2975),
            ("statement", 0),
            ("deed", 3137),
            ("order", 3742),
            ("case", 3120),
            ("prose", -407),
            ("clause_alone", 3567),
            ("asks", 422),
            ("stacked", 4203),
            ("quote_and_comment", 4671),
            ("comment_for_blank", 4078),
            ("quote_and_operator", 3036),
            ("hexadecimal", 1845),
        ],
        shape: &[
            -29, // over_32_bytes
            -32, // over_128_bytes
            -854, // over_512_bytes
            174, // over_2048_bytes
            -292, // several_lines
            -1241, // many_lines
            -450, // words_in_a_row
            -2423, // sentence
            -1026, // mostly_letters
            853, // mostly_marks
            -457, // is_name
            -362, // no_blank
            -938, // document
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -1967,
        signs: &[
            ("probe", 8601),
            ("out-of-attribute", 8062),
            ("out-of-element", 8062),
            ("out-of-string", 8075),
            ("address", 8063),
            ("constructed", 8062),
            ("symbols", 8062),
            ("hidden-address", 8063),
            ("utf-7", 8079),
            ("lone-handler", 8062),
            ("told", 2024),
            ("runs", 2970),
            ("script-tag", 2368),
            ("style", 3676),
            ("call", 2531),
            ("symbols-few", 3196),
            ("changes", 5361),
            ("odd-separator", 3597),
            ("address-calls", 1316),
            ("steals", 4001),
            ("opens", 2192),
            ("handler", -538),
            ("script", -447),
            ("address-somewhere", 1611),
            ("proof-somewhere", 1155),
            ("frame", 1742),
            ("loads", 4961),
            ("hidden", 1716),
            ("torn", 3207),
            ("code", 762),
            ("odd-source", 4707),
            ("unfinished", 4965),
        ],
        shape: &[
            705, // over_32_bytes
            2141, // over_128_bytes
            -483, // over_512_bytes
            -202, // over_2048_bytes
            -693, // several_lines
            -1388, // many_lines
            -2211, // words_in_a_row
            -811, // sentence
            -1014, // mostly_letters
            2933, // mostly_marks
            945, // is_name
            2342, // no_blank
            296, // document
        ],
    },
    Weights {
        attack: Attack::Command,
        always: -239,
        signs: &[
            ("leading separator", 8064),
            ("appended", 8063),
            ("separator and command", 5825),
            ("substitution", 8062),
            ("substitution of a word", 5170),
            ("command", 895),
            ("command on a target", 8070),
            ("spliced name", 8099),
            ("blank by variable", 8063),
            ("slice of a variable", 3596),
            ("brace expansion", 8068),
            ("globbed path", 8068),
            ("function that runs where it is read", 8139),
            ("command that looks around and nothing else", 4006),
            ("reverse shell", 8062),
            ("reverse shell in text", 3052),
            ("server-side include", 8062),
            ("call that runs a command", 8066),
            ("call that runs something", 3432),
            ("hidden powershell", 8062),
            ("powershell", 3563),
            ("control flow of cmd", 5049),
            ("variable as a command", 3452),
            ("empty expansion", 3077),
            ("here string or process substitution", 3593),
            ("command of a mail protocol", 8066),
            ("command with a target in text", 3106),
            ("separator and name of a program", -1367),
            ("command in text", -801),
            ("name of a program alone", 28),
            ("tilde expansion", 1482),
            ("path to a program", 2336),
        ],
        shape: &[
            77, // over_32_bytes
            -1281, // over_128_bytes
            -673, // over_512_bytes
            -188, // over_2048_bytes
            1803, // several_lines
            -2021, // many_lines
            -899, // words_in_a_row
            -1454, // sentence
            233, // mostly_letters
            3028, // mostly_marks
            661, // is_name
            43, // no_blank
            312, // document
        ],
    },
    Weights {
        attack: Attack::Traversal,
        always: -2313,
        signs: &[
            ("climb to a target", 8105),
            ("escaped climb", 8082),
            ("far climb", 8092),
            ("climb out of the root", 8088),
            ("odd separators in a climb", 8070),
            ("file that is the system's own", 3805),
            ("segments of dots", 8139),
            ("server that lists of files name", 3746),
            ("stream wrapper", 8070),
            ("climb in base64", 8062),
            ("path cut off by a null byte", 8068),
            ("climb of some levels", 0),
            ("path with a null byte", 2066),
            ("file of passwords", 8079),
            ("file of windows", 4204),
            ("file of a process", 3649),
            ("log of a server", 3761),
            ("configuration of a server", 3648),
            ("file of secrets", 5088),
            ("backup of a source", 3588),
            ("file url", 0),
            ("filter of a stream", 8105),
            ("path with slashes of both kinds", 3632),
            ("run of dots", 4625),
            ("climb in text", 1477),
            ("target in text", 2450),
            ("path that a system has and no API", 1697),
            ("hidden file", -44),
            ("share of a host", 337),
            ("climb and nothing else", 3712),
            ("file of the process that reads it", 8062),
            ("path of a system in its documentation", -94),
        ],
        shape: &[
            429, // over_32_bytes
            1468, // over_128_bytes
            323, // over_512_bytes
            -241, // over_2048_bytes
            -266, // several_lines
            -1449, // many_lines
            -1456, // words_in_a_row
            -1314, // sentence
            477, // mostly_letters
            -272, // mostly_marks
            34, // is_name
            1355, // no_blank
            5, // document
        ],
    },
    Weights {
        attack: Attack::Template,
        always: -1873,
        signs: &[
            ("constants are calculated", 8067),
            ("classes are reached", 8063),
            ("objects of the platform are reached", 8065),
            ("a program is run", 8063),
            ("a filter runs a function", 8063),
            ("a constructor is reached", 8070),
            ("a directive imports or runs", 8079),
            ("delimiters of several engines", 8062),
            ("constants are calculated in text", 3057),
            ("classes are reached in text", 2392),
            ("objects of the platform in text", 2519),
            ("a program is run in text", 2518),
            ("classes are reached without delimiters", 3554),
            ("objects of the platform without delimiters", 4335),
            ("a program is run without delimiters", 4020),
            ("a method of a literal", 3199),
            ("globals of an engine", 4243),
            ("a call in an expression", 3147),
            ("an expression and nothing else", 690),
            ("a statement of a template", 1274),
            ("an error is provoked", 3742),
            ("an expression that is not closed", 1201),
            ("a block with a value of its own", 3074),
            ("a scriptlet", 348),
            ("an assignment in a directive", 3100),
            ("an expression is closed before one opens", 3052),
        ],
        shape: &[
            457, // over_32_bytes
            -458, // over_128_bytes
            -833, // over_512_bytes
            -129, // over_2048_bytes
            -937, // several_lines
            -1272, // many_lines
            -1051, // words_in_a_row
            -1077, // sentence
            -419, // mostly_letters
            401, // mostly_marks
            -2, // is_name
            -762, // no_blank
            -15, // document
        ],
    },
    Weights {
        attack: Attack::Lookup,
        always: -2382,
        signs: &[
            ("names of a directory are looked up", 8062),
            ("the name of a look-up is spliced", 8062),
            ("a remote look-up in text", 3052),
            ("a variable is looked up within another look-up", 3052),
            ("a variable is looked up", 1201),
            ("a look-up within a look-up", 1201),
            ("a protocol of a directory", 1201),
            ("the name of a remote look-up", 1201),
            ("the environment or a key is looked up", 3052),
        ],
        shape: &[
            602, // over_32_bytes
            176, // over_128_bytes
            -422, // over_512_bytes
            -129, // over_2048_bytes
            -302, // several_lines
            -905, // many_lines
            -934, // words_in_a_row
            -791, // sentence
            -419, // mostly_letters
            816, // mostly_marks
            -2, // is_name
            122, // no_blank
            39, // document
        ],
    },
    Weights {
        attack: Attack::ServerRequest,
        always: -2130,
        signs: &[
            ("url of a metadata service", 8201),
            ("internal address in an odd notation", 8067),
            ("public address in an odd notation", 8220),
            ("scheme that sends raw bytes", 8069),
            ("authority that is read in two ways", 8079),
            ("port of another protocol on the own machine", 8070),
            ("internal host behind a user", 8062),
            ("url of the own machine", 2252),
            ("url of a private network", 402),
            ("url within a cluster", 1201),
            ("name that resolves to what it says", 3527),
            ("host that records its callers", 3052),
            ("scheme of another service", 2400),
            ("url of a file", 2313),
            ("user that is written as a host", 3085),
            ("url of a metadata service in text", 3435),
            ("url of an internal host in text", 1718),
            ("url without a scheme", 1846),
            ("more slashes than a url has", 3168),
            ("backslashes before a host", 3206),
            ("scheme without slashes", 3140),
            ("url as a path", 3319),
            ("escaped bytes before a host", 8214),
            ("host and a climb", 3248),
            ("host in letters of another kind", 3402),
            ("internal url in a parameter", 3067),
            ("url of an address", 460),
            ("path of a metadata service", 3054),
            ("user with a port", 3052),
            ("address of a metadata service alone", 3052),
            ("form that browsers repair and nobody writes", 4728),
            ("host without a scheme and nothing else", 4236),
        ],
        shape: &[
            1747, // over_32_bytes
            52, // over_128_bytes
            -546, // over_512_bytes
            -129, // over_2048_bytes
            -425, // several_lines
            -1029, // many_lines
            -1058, // words_in_a_row
            -915, // sentence
            -351, // mostly_letters
            353, // mostly_marks
            -2, // is_name
            -994, // no_blank
            39, // document
        ],
    },
    Weights {
        attack: Attack::Line,
        always: -2391,
        signs: &[
            ("field of a response behind a datum", 8062),
            ("field behind an escaped line end", 8062),
            ("second message behind a datum", 8062),
            ("recipient behind a datum", 8062),
            ("field of a response in text", 1169),
            ("field of a mail behind a datum", 3052),
            ("entry of a log behind a datum", 3052),
            ("body behind an empty line", 3052),
            ("line end in a name", 3052),
            ("escaped line end", 1201),
            ("field behind a line end as in source code", 3052),
            ("field of a response behind a sentence", 3052),
            ("line end at the beginning", 1166),
            ("field of a mail in text", 1159),
        ],
        shape: &[
            593, // over_32_bytes
            168, // over_128_bytes
            -427, // over_512_bytes
            -130, // over_2048_bytes
            -310, // several_lines
            -911, // many_lines
            -942, // words_in_a_row
            -796, // sentence
            -421, // mostly_letters
            816, // mostly_marks
            -2, // is_name
            122, // no_blank
            37, // document
        ],
    },
    Weights {
        attack: Attack::Xml,
        always: -2392,
        signs: &[
            ("external", 8062),
            ("parameter", 8062),
            ("nested", 8062),
            ("bomb", 8062),
            ("foreign-type", 8062),
            ("includes-file", 8062),
            ("transforms", 8066),
            ("split", 8097),
            ("encoding", 8062),
            ("external-name", 3131),
            ("internal", 3506),
            ("includes", 3052),
            ("repeats", 3052),
            ("stylesheet", 759),
            ("type", 1519),
            ("letter", 1227),
            ("schema", 1201),
            ("bare", 3121),
            ("used", 3062),
        ],
        shape: &[
            592, // over_32_bytes
            721, // over_128_bytes
            -496, // over_512_bytes
            -202, // over_2048_bytes
            -375, // several_lines
            -978, // many_lines
            -934, // words_in_a_row
            -791, // sentence
            -492, // mostly_letters
            14, // mostly_marks
            -2, // is_name
            132, // no_blank
            273, // document
        ],
    },
    Weights {
        attack: Attack::NoSql,
        always: -3007,
        signs: &[
            ("credential", 8062),
            ("runs", 8064),
            ("out-of-string", 8165),
            ("out-of-number", 8131),
            ("always", 8062),
            ("out-of-object", 8078),
            ("command", 8062),
            ("script", 8062),
            ("name", 2641),
            ("object", 3069),
            ("shell", 2266),
            ("operator", 1693),
            ("tautology", 1201),
            ("shell-writes", 3384),
            ("operator-alone", 3069),
        ],
        shape: &[
            1577, // over_32_bytes
            176, // over_128_bytes
            -422, // over_512_bytes
            -129, // over_2048_bytes
            -302, // several_lines
            -905, // many_lines
            -934, // words_in_a_row
            -791, // sentence
            -419, // mostly_letters
            1515, // mostly_marks
            -515, // is_name
            -398, // no_blank
            39, // document
        ],
    },
    Weights {
        attack: Attack::Ldap,
        always: -2329,
        signs: &[
            ("leaves", 8062),
            ("joins", 8076),
            ("matches-all", 8082),
            ("rule", 8080),
            ("cut", 8064),
            ("closes", 3057),
            ("credential", 3522),
            ("escaped", 1143),
            ("filter", 1079),
            ("second", 3320),
        ],
        shape: &[
            1485, // over_32_bytes
            147, // over_128_bytes
            -451, // over_512_bytes
            -129, // over_2048_bytes
            -331, // several_lines
            -934, // many_lines
            -962, // words_in_a_row
            -820, // sentence
            -419, // mostly_letters
            450, // mostly_marks
            -2, // is_name
            -713, // no_blank
            39, // document
        ],
    },
    Weights {
        attack: Attack::XPath,
        always: -2089,
        signs: &[
            ("leaves", 8092),
            ("path", 8071),
            ("probe", 3806),
            ("tautology", 4009),
            ("expression", 465),
            ("leaves-number", 3052),
            ("fetches", 8071),
        ],
        shape: &[
            969, // over_32_bytes
            163, // over_128_bytes
            -435, // over_512_bytes
            -129, // over_2048_bytes
            -314, // several_lines
            -917, // many_lines
            -946, // words_in_a_row
            -804, // sentence
            -419, // mostly_letters
            458, // mostly_marks
            -2, // is_name
            -239, // no_blank
            39, // document
        ],
    },
    Weights {
        attack: Attack::Object,
        always: -2515,
        signs: &[
            ("php", 8062),
            ("java", 8062),
            ("pickle", 8062),
            ("dotnet", 8062),
            ("node", 8068),
            ("tag", 8062),
            ("gadget", 8062),
            ("decoder", 8065),
            ("ruby", 3052),
            ("pickle-encoded", 3052),
            ("php-standard", 3052),
            ("tag-named", 3052),
            ("type", 3052),
            ("class", 3502),
            ("php-scalars", 458),
            ("state", 1201),
            ("ruby-encoded", 1201),
            ("gadget-named", 1204),
            ("type-name", 1201),
            ("tool", 1201),
            ("connects", 8078),
            ("bytecode", 3052),
            ("name", 3052),
        ],
        shape: &[
            840, // over_32_bytes
            406, // over_128_bytes
            -421, // over_512_bytes
            -129, // over_2048_bytes
            -302, // several_lines
            -905, // many_lines
            -934, // words_in_a_row
            -791, // sentence
            -419, // mostly_letters
            445, // mostly_marks
            -2, // is_name
            -249, // no_blank
            39, // document
        ],
    },
    Weights {
        attack: Attack::Prototype,
        always: -2139,
        signs: &[
            ("name", 8062),
            ("key", 8062),
            ("whole", 8062),
            ("assigns", 3162),
            ("member", 1687),
            ("alone", 3471),
        ],
        shape: &[
            647, // over_32_bytes
            209, // over_128_bytes
            -422, // over_512_bytes
            -129, // over_2048_bytes
            -302, // several_lines
            -905, // many_lines
            -934, // words_in_a_row
            -791, // sentence
            -294, // mostly_letters
            915, // mostly_marks
            -2, // is_name
            318, // no_blank
            39, // document
        ],
    },
    Weights {
        attack: Attack::GraphQl,
        always: -2170,
        signs: &[
            ("cycle", 8062),
            ("credentials", 8062),
            ("directives", 8062),
            ("repeated", 8062),
            ("deep", 3052),
            ("aliases", 3052),
            ("credentials-few", 3132),
            ("directives-few", 3052),
            ("repeated-few", 3052),
            ("introspection", 3396),
            ("nested", 1201),
            ("aliases-few", 1201),
            ("operations", 1201),
            ("types-loop", 3052),
            ("probes", 3396),
            ("credentials-several", 3132),
        ],
        shape: &[
            785, // over_32_bytes
            329, // over_128_bytes
            -309, // over_512_bytes
            -129, // over_2048_bytes
            -151, // several_lines
            -770, // many_lines
            -839, // words_in_a_row
            -791, // sentence
            -324, // mostly_letters
            821, // mostly_marks
            -2, // is_name
            127, // no_blank
            39, // document
        ],
    },
    Weights {
        attack: Attack::Scanner,
        always: -2411,
        signs: &[
            ("host", 8062),
            ("tool", 2769),
            ("placeholder", 3052),
            ("collector", 1201),
            ("names-itself", 8062),
            ("beside-browser", 3057),
        ],
        shape: &[
            602, // over_32_bytes
            176, // over_128_bytes
            -422, // over_512_bytes
            -129, // over_2048_bytes
            -302, // several_lines
            -905, // many_lines
            -934, // words_in_a_row
            -791, // sentence
            -419, // mostly_letters
            816, // mostly_marks
            -2, // is_name
            93, // no_blank
            39, // document
        ],
    },
];
