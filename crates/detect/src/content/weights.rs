//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2634,
        signs: &[
            ("tautology", 8050),
            ("break_union", 8039),
            ("break_stacked", 8043),
            ("break_probe", 8073),
            ("break_clause", 8048),
            ("shape", 2621),
            ("union", 5201),
            ("sub_select", 3027),
            ("waits", 1287),
            ("catalogue", 3704),
            ("probe", 458),
            ("nested_probe", 1940),
            ("characters", 2975),
            ("nulls", 1624),
            ("ends_in_comment", 4841),
            ("ends_in_string", 2510),
            ("closes", 1231),
            ("sql", -133),
            ("continues", 1143),
            ("constants", 2662),
            ("statement", 0),
            ("deed", 3114),
            ("order", 5308),
            ("case", 3088),
            ("prose", -538),
            ("joins", -230),
            ("asks", 1228),
            ("stacked", 3927),
            ("marked_comment", 3266),
            ("comment_for_blank", 3895),
            ("quote_ends", -11),
            ("hexadecimal", 1848),
        ],
        shape: &[
            -28, // over_32_bytes
            -41, // over_128_bytes
            -879, // over_512_bytes
            169, // over_2048_bytes
            -341, // several_lines
            -1287, // many_lines
            -372, // words_in_a_row
            -2385, // sentence
            -1034, // mostly_letters
            1109, // mostly_marks
            -548, // is_name
            -176, // no_blank
            -568, // document
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -1890,
        signs: &[
            ("probe", 8560),
            ("out-of-attribute", 8039),
            ("out-of-element", 8038),
            ("out-of-string", 8051),
            ("address", 8039),
            ("constructed", 8039),
            ("symbols", 8038),
            ("hidden-address", 8039),
            ("utf-7", 8055),
            ("lone-handler", 8038),
            ("told", 2009),
            ("runs", 2946),
            ("script-tag", 2354),
            ("style", 3609),
            ("call", 2476),
            ("symbols-few", 3122),
            ("changes", 5290),
            ("odd-separator", 3548),
            ("address-calls", 1262),
            ("steals", 3928),
            ("opens", 2133),
            ("handler", -582),
            ("script", -495),
            ("address-somewhere", 1571),
            ("proof-somewhere", 1153),
            ("frame", 1681),
            ("loads", 4892),
            ("hidden", 1686),
            ("torn", 3148),
            ("code", 750),
            ("odd-source", 4674),
            ("unfinished", 4910),
        ],
        shape: &[
            697, // over_32_bytes
            2125, // over_128_bytes
            -476, // over_512_bytes
            -197, // over_2048_bytes
            -693, // several_lines
            -1466, // many_lines
            -2217, // words_in_a_row
            -827, // sentence
            -997, // mostly_letters
            2925, // mostly_marks
            931, // is_name
            2334, // no_blank
            285, // document
        ],
    },
    Weights {
        attack: Attack::Command,
        always: -148,
        signs: &[
            ("leading separator", 8041),
            ("appended", 8039),
            ("separator and command", 5734),
            ("substitution", 8038),
            ("substitution of a word", 5105),
            ("command", 850),
            ("command on a target", 8046),
            ("spliced name", 8073),
            ("blank by variable", 8040),
            ("slice of a variable", 3564),
            ("brace expansion", 8043),
            ("globbed path", 8044),
            ("function in an environment", 8101),
            ("fork bomb", 8056),
            ("reverse shell", 8038),
            ("reverse shell in text", 2978),
            ("server-side include", 8039),
            ("call that runs a command", 8043),
            ("call that runs something", 3322),
            ("hidden powershell", 8038),
            ("powershell", 3512),
            ("control flow of cmd", 5021),
            ("variable as a command", 3374),
            ("empty expansion", 3004),
            ("here string or process substitution", 3534),
            ("command of a mail protocol", 3388),
            ("command with a target in text", 3037),
            ("separator and name of a program", -1415),
            ("command in text", -736),
            ("name of a program alone", 147),
            ("tilde expansion", 1399),
            ("path to a program", 2240),
        ],
        shape: &[
            -14, // over_32_bytes
            -1265, // over_128_bytes
            -665, // over_512_bytes
            -186, // over_2048_bytes
            1806, // several_lines
            -2072, // many_lines
            -939, // words_in_a_row
            -1436, // sentence
            244, // mostly_letters
            2981, // mostly_marks
            645, // is_name
            199, // no_blank
            314, // document
        ],
    },
    Weights {
        attack: Attack::Traversal,
        always: -1290,
        signs: &[
            ("climb to a target", 8085),
            ("escaped climb", 8067),
            ("far climb", 8064),
            ("climb out of the root", 8078),
            ("odd separators in a climb", 8050),
            ("climb with a parameter", 8039),
            ("segments of dots", 8045),
            ("many segments of one dot", 8070),
            ("stream wrapper", 8046),
            ("climb in base64", 8051),
            ("path cut off by a null byte", 8042),
            ("climb of some levels", 0),
            ("path with a null byte", 2812),
            ("file of users", 2409),
            ("file of windows", 4559),
            ("file of a process", 4331),
            ("log of a server", 3039),
            ("configuration of a server", 3049),
            ("file of secrets", 4935),
            ("backup of a source", 3510),
            ("file url", 811),
            ("filter of a stream", 4342),
            ("path of a network share", -346),
            ("run of dots", 4142),
            ("climb in text", 985),
            ("target in text", 2527),
            ("path of a system", -306),
            ("hidden file", 93),
            ("share of a host", 198),
            ("climb and nothing else", 3194),
            ("file of the process that reads it", 8038),
            ("known file and a null byte", 8039),
        ],
        shape: &[
            941, // over_32_bytes
            1097, // over_128_bytes
            381, // over_512_bytes
            -222, // over_2048_bytes
            -614, // several_lines
            -1794, // many_lines
            -1604, // words_in_a_row
            -1481, // sentence
            641, // mostly_letters
            406, // mostly_marks
            55, // is_name
            420, // no_blank
            146, // document
        ],
    },
    Weights {
        attack: Attack::Template,
        always: -1770,
        signs: &[
            ("constants are calculated", 8043),
            ("classes are reached", 8040),
            ("objects of the platform are reached", 8041),
            ("a program is run", 8040),
            ("a filter runs a function", 8039),
            ("a constructor is reached", 8045),
            ("a directive imports or runs", 8056),
            ("delimiters of several engines", 8038),
            ("constants are calculated in text", 2983),
            ("classes are reached in text", 2332),
            ("objects of the platform in text", 2446),
            ("a program is run in text", 2445),
            ("classes are reached without delimiters", 3456),
            ("objects of the platform without delimiters", 4231),
            ("a program is run without delimiters", 3911),
            ("a method of a literal", 3074),
            ("globals of an engine", 4180),
            ("a call in an expression", 3625),
            ("an expression and nothing else", 658),
            ("a statement of a template", 1130),
            ("an error is provoked", 3671),
            ("an expression that is not closed", 1147),
            ("a block with a value of its own", 2993),
            ("a scriptlet", 307),
            ("an assignment in a directive", 3006),
            ("an expression is closed before one opens", 2978),
        ],
        shape: &[
            530, // over_32_bytes
            -514, // over_128_bytes
            -832, // over_512_bytes
            -131, // over_2048_bytes
            -939, // several_lines
            -1363, // many_lines
            -1005, // words_in_a_row
            -1101, // sentence
            -400, // mostly_letters
            338, // mostly_marks
            -27, // is_name
            -741, // no_blank
            -32, // document
        ],
    },
    Weights {
        attack: Attack::Lookup,
        always: -2196,
        signs: &[
            ("names of a directory are looked up", 8038),
            ("the name of a look-up is spliced", 8038),
            ("a remote look-up in text", 2978),
            ("a variable is looked up within another look-up", 2978),
            ("a variable is looked up", 1147),
            ("a look-up within a look-up", 1147),
            ("a protocol of a directory", 1147),
            ("the name of a remote look-up", 1147),
            ("the environment or a key is looked up", 2978),
        ],
        shape: &[
            613, // over_32_bytes
            108, // over_128_bytes
            -427, // over_512_bytes
            -131, // over_2048_bytes
            -315, // several_lines
            -1007, // many_lines
            -939, // words_in_a_row
            -816, // sentence
            -400, // mostly_letters
            860, // mostly_marks
            -27, // is_name
            147, // no_blank
            19, // document
        ],
    },
    Weights {
        attack: Attack::ServerRequest,
        always: -1161,
        signs: &[
            ("url of a metadata service", 8109),
            ("internal address in an odd notation", 8043),
            ("public address in an odd notation", 8136),
            ("scheme that sends raw bytes", 8043),
            ("authority that is read in two ways", 8044),
            ("port of another protocol on the own machine", 8044),
            ("internal host behind a user", 8038),
            ("url of the own machine", 1329),
            ("url of a private network", 140),
            ("url within a cluster", 1147),
            ("name that resolves to what it says", 3244),
            ("host that records its callers", 2978),
            ("scheme of another service", 1698),
            ("url of a file", 1304),
            ("user that is written as a host", 3633),
            ("url of a metadata service in text", 3244),
            ("url of an internal host in text", 1591),
            ("url without a scheme", 1673),
            ("more slashes than a url has", 3847),
            ("backslashes before a host", 3894),
            ("scheme without slashes", 3839),
            ("url as a path", 4499),
            ("escaped bytes before a host", 4593),
            ("host and a climb", 4209),
            ("host in letters of another kind", 3449),
            ("internal url in a parameter", 3129),
            ("url of an address", -457),
            ("path of a metadata service", 2979),
            ("user with a port", 2978),
            ("address of a metadata service alone", 2978),
        ],
        shape: &[
            1400, // over_32_bytes
            -37, // over_128_bytes
            -572, // over_512_bytes
            -131, // over_2048_bytes
            -458, // several_lines
            -1151, // many_lines
            -1084, // words_in_a_row
            -961, // sentence
            -344, // mostly_letters
            1236, // mostly_marks
            -27, // is_name
            -544, // no_blank
            19, // document
        ],
    },
    Weights {
        attack: Attack::Line,
        always: -2204,
        signs: &[
            ("field of a response behind a datum", 8038),
            ("field behind an escaped line end", 8038),
            ("second message behind a datum", 8038),
            ("recipient behind a datum", 8038),
            ("field of a response in text", 1119),
            ("field of a mail behind a datum", 2978),
            ("entry of a log behind a datum", 2978),
            ("body behind an empty line", 2978),
            ("line end in a name", 2978),
            ("escaped line end", 1147),
            ("field behind a line end as in source code", 2978),
            ("field of a response behind a sentence", 2978),
            ("line end at the beginning", 1112),
            ("field of a mail in text", 1110),
        ],
        shape: &[
            605, // over_32_bytes
            100, // over_128_bytes
            -431, // over_512_bytes
            -133, // over_2048_bytes
            -323, // several_lines
            -1012, // many_lines
            -947, // words_in_a_row
            -821, // sentence
            -402, // mostly_letters
            860, // mostly_marks
            -27, // is_name
            147, // no_blank
            18, // document
        ],
    },
    Weights {
        attack: Attack::Xml,
        always: -2233,
        signs: &[
            ("external", 8039),
            ("parameter", 8038),
            ("nested", 8038),
            ("bomb", 8038),
            ("foreign-type", 8038),
            ("includes-file", 8038),
            ("transforms", 8042),
            ("split", 8069),
            ("encoding", 8038),
            ("external-name", 3059),
            ("internal", 3433),
            ("includes", 2978),
            ("repeats", 2978),
            ("stylesheet", 646),
            ("type", 1473),
            ("letter", 1176),
            ("schema", 1147),
            ("bare", 3047),
            ("used", 2989),
        ],
        shape: &[
            576, // over_32_bytes
            661, // over_128_bytes
            -497, // over_512_bytes
            -201, // over_2048_bytes
            -385, // several_lines
            -1077, // many_lines
            -939, // words_in_a_row
            -816, // sentence
            -470, // mostly_letters
            24, // mostly_marks
            -27, // is_name
            155, // no_blank
            255, // document
        ],
    },
    Weights {
        attack: Attack::NoSql,
        always: -2878,
        signs: &[
            ("credential", 8038),
            ("runs", 8040),
            ("out-of-string", 8130),
            ("out-of-number", 8101),
            ("always", 8038),
            ("out-of-object", 8054),
            ("command", 8038),
            ("script", 8038),
            ("name", 2556),
            ("object", 2997),
            ("shell", 2158),
            ("operator", 1595),
            ("tautology", 1147),
            ("shell-writes", 3321),
            ("operator-alone", 2996),
        ],
        shape: &[
            1580, // over_32_bytes
            108, // over_128_bytes
            -427, // over_512_bytes
            -131, // over_2048_bytes
            -315, // several_lines
            -1007, // many_lines
            -939, // words_in_a_row
            -816, // sentence
            -400, // mostly_letters
            1549, // mostly_marks
            -548, // is_name
            -393, // no_blank
            19, // document
        ],
    },
    Weights {
        attack: Attack::Ldap,
        always: -2180,
        signs: &[
            ("leaves", 8038),
            ("joins", 8051),
            ("matches-all", 8058),
            ("rule", 8056),
            ("cut", 8041),
            ("closes", 2982),
            ("credential", 3459),
            ("escaped", 1094),
            ("filter", 964),
            ("second", 3230),
        ],
        shape: &[
            1491, // over_32_bytes
            82, // over_128_bytes
            -454, // over_512_bytes
            -131, // over_2048_bytes
            -342, // several_lines
            -1033, // many_lines
            -966, // words_in_a_row
            -843, // sentence
            -400, // mostly_letters
            464, // mostly_marks
            -27, // is_name
            -719, // no_blank
            19, // document
        ],
    },
    Weights {
        attack: Attack::XPath,
        always: -1949,
        signs: &[
            ("leaves", 8066),
            ("path", 8047),
            ("probe", 3725),
            ("tautology", 3908),
            ("expression", 367),
            ("leaves-number", 2978),
            ("fetches", 8047),
        ],
        shape: &[
            979, // over_32_bytes
            97, // over_128_bytes
            -438, // over_512_bytes
            -131, // over_2048_bytes
            -326, // several_lines
            -1017, // many_lines
            -950, // words_in_a_row
            -827, // sentence
            -400, // mostly_letters
            466, // mostly_marks
            -27, // is_name
            -238, // no_blank
            19, // document
        ],
    },
    Weights {
        attack: Attack::Object,
        always: -2358,
        signs: &[
            ("php", 8038),
            ("java", 8038),
            ("pickle", 8038),
            ("dotnet", 8038),
            ("node", 8044),
            ("tag", 8038),
            ("gadget", 8039),
            ("decoder", 8041),
            ("ruby", 2978),
            ("pickle-encoded", 2978),
            ("php-standard", 2978),
            ("tag-named", 2978),
            ("type", 2978),
            ("class", 3424),
            ("php-scalars", 352),
            ("state", 1147),
            ("ruby-encoded", 1147),
            ("gadget-named", 1151),
            ("type-name", 1147),
            ("tool", 1147),
            ("connects", 8052),
            ("bytecode", 2978),
            ("name", 2978),
        ],
        shape: &[
            848, // over_32_bytes
            335, // over_128_bytes
            -426, // over_512_bytes
            -131, // over_2048_bytes
            -315, // several_lines
            -1007, // many_lines
            -939, // words_in_a_row
            -816, // sentence
            -400, // mostly_letters
            463, // mostly_marks
            -27, // is_name
            -250, // no_blank
            19, // document
        ],
    },
    Weights {
        attack: Attack::Prototype,
        always: -2503,
        signs: &[
            ("name", 8038),
            ("key", 8038),
            ("whole", 8038),
            ("assigns", 3819),
            ("member", 532),
            ("alone", 2088),
        ],
        shape: &[
            -508, // over_32_bytes
            245, // over_128_bytes
            -427, // over_512_bytes
            -131, // over_2048_bytes
            -315, // several_lines
            -1007, // many_lines
            -939, // words_in_a_row
            -816, // sentence
            43, // mostly_letters
            1314, // mostly_marks
            -27, // is_name
            978, // no_blank
            19, // document
        ],
    },
    Weights {
        attack: Attack::GraphQl,
        always: -1978,
        signs: &[
            ("cycle", 8038),
            ("credentials", 8038),
            ("directives", 8038),
            ("repeated", 8038),
            ("deep", 2978),
            ("aliases", 2978),
            ("credentials-few", 3065),
            ("directives-few", 2978),
            ("repeated-few", 2978),
            ("introspection", 3326),
            ("nested", 1147),
            ("aliases-few", 1147),
            ("operations", 1147),
            ("types-loop", 2978),
            ("probes", 3326),
            ("credentials-several", 3065),
        ],
        shape: &[
            803, // over_32_bytes
            270, // over_128_bytes
            -309, // over_512_bytes
            -131, // over_2048_bytes
            -157, // several_lines
            -863, // many_lines
            -839, // words_in_a_row
            -816, // sentence
            -300, // mostly_letters
            865, // mostly_marks
            -27, // is_name
            152, // no_blank
            19, // document
        ],
    },
    Weights {
        attack: Attack::Scanner,
        always: -2223,
        signs: &[
            ("host", 8038),
            ("tool", 2701),
            ("placeholder", 2978),
            ("collector", 1147),
            ("names-itself", 8038),
        ],
        shape: &[
            617, // over_32_bytes
            108, // over_128_bytes
            -427, // over_512_bytes
            -131, // over_2048_bytes
            -315, // several_lines
            -1007, // many_lines
            -939, // words_in_a_row
            -816, // sentence
            -400, // mostly_letters
            860, // mostly_marks
            -27, // is_name
            115, // no_blank
            19, // document
        ],
    },
];
