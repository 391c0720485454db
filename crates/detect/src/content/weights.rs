//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2671,
        signs: &[
            ("tautology", 8069),
            ("break_union", 8061),
            ("break_stacked", 8064),
            ("break_probe", 8073),
            ("break_clause", 8072),
            ("shape", 2618),
            ("union", 5248),
            ("sub_select", 2896),
            ("waits", 991),
            ("catalogue", 3752),
            ("probe", 383),
            ("nested_probe", 2027),
            ("characters", 2975),
            ("nulls", 1717),
            ("ends_in_comment", 4810),
            ("ends_in_string", 2007),
            ("closes", 890),
            ("sql", -121),
            ("continues", 1180),
            ("constants", 2981),
            ("statement", 0),
            ("deed", 3135),
            ("order", 3732),
            ("case", 3121),
            ("prose", -404),
            ("clause_alone", 3556),
            ("asks", 437),
            ("stacked", 4196),
            ("quote_and_comment", 4660),
            ("comment_for_blank", 4079),
            ("quote_and_operator", 3084),
            ("hexadecimal", 1842),
        ],
        shape: &[
            -26, // over_32_bytes
            -24, // over_128_bytes
            -849, // over_512_bytes
            174, // over_2048_bytes
            -334, // several_lines
            -1189, // many_lines
            -452, // words_in_a_row
            -2425, // sentence
            -1028, // mostly_letters
            855, // mostly_marks
            -458, // is_name
            -349, // no_blank
            -958, // document
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -2047,
        signs: &[
            ("probe", 8675),
            ("out-of-attribute", 8061),
            ("out-of-element", 8060),
            ("out-of-string", 8075),
            ("address", 8061),
            ("constructed", 8061),
            ("symbols", 8060),
            ("hidden-address", 8061),
            ("utf-7", 8078),
            ("lone-handler", 8060),
            ("told", 2081),
            ("runs", 3030),
            ("script-tag", 2441),
            ("style", 3659),
            ("call", 2608),
            ("symbols-few", 3135),
            ("changes", 5421),
            ("odd-separator", 3589),
            ("address-calls", 1508),
            ("steals", 4037),
            ("opens", 2222),
            ("handler", -627),
            ("script", -532),
            ("address-somewhere", 1688),
            ("proof-somewhere", 1033),
            ("frame", 1757),
            ("loads", 4963),
            ("hidden", 1692),
            ("torn", 3268),
            ("code", 674),
            ("odd-source", 4734),
            ("unfinished", 4009),
        ],
        shape: &[
            767, // over_32_bytes
            2222, // over_128_bytes
            -466, // over_512_bytes
            -204, // over_2048_bytes
            -318, // several_lines
            -1422, // many_lines
            -2093, // words_in_a_row
            -831, // sentence
            -1348, // mostly_letters
            3004, // mostly_marks
            746, // is_name
            2530, // no_blank
            169, // document
        ],
    },
    Weights {
        attack: Attack::Command,
        always: 42,
        signs: &[
            ("leading separator", 8062),
            ("appended", 8060),
            ("separator and command", 5679),
            ("substitution", 8060),
            ("substitution of a word", 4758),
            ("command", 665),
            ("command on a target", 8068),
            ("spliced name", 8091),
            ("blank by variable", 8061),
            ("slice of a variable", 3437),
            ("brace expansion", 8065),
            ("globbed path", 8064),
            ("function that runs where it is read", 8107),
            ("command that looks around and nothing else", 4002),
            ("reverse shell", 8060),
            ("reverse shell in text", 3030),
            ("server-side include", 8060),
            ("call that runs a command", 8062),
            ("call that runs something", 3302),
            ("hidden powershell", 8060),
            ("powershell", 3449),
            ("control flow of cmd", 4799),
            ("variable as a command", 3401),
            ("empty expansion", 3055),
            ("here string or process substitution", 3830),
            ("command of a mail protocol", 8078),
            ("command with a target in text", 3079),
            ("separator and name of a program", -1446),
            ("command in text", -508),
            ("name of a program alone", -135),
            ("tilde expansion", 1420),
            ("path to a program", 2484),
        ],
        shape: &[
            160, // over_32_bytes
            -417, // over_128_bytes
            -556, // over_512_bytes
            -158, // over_2048_bytes
            -1389, // several_lines
            -1316, // many_lines
            -790, // words_in_a_row
            -1184, // sentence
            132, // mostly_letters
            2853, // mostly_marks
            759, // is_name
            306, // no_blank
            276, // document
        ],
    },
    Weights {
        attack: Attack::Traversal,
        always: -2326,
        signs: &[
            ("climb to a target", 8104),
            ("escaped climb", 8081),
            ("far climb", 8090),
            ("climb out of the root", 8087),
            ("odd separators in a climb", 8069),
            ("file that is the system's own", 3791),
            ("segments of dots", 8137),
            ("server that lists of files name", 3731),
            ("stream wrapper", 8068),
            ("climb in base64", 8060),
            ("path cut off by a null byte", 8067),
            ("climb of some levels", 0),
            ("path with a null byte", 2058),
            ("file of passwords", 8078),
            ("file of windows", 4198),
            ("file of a process", 3633),
            ("log of a server", 3745),
            ("configuration of a server", 3637),
            ("file of secrets", 5074),
            ("backup of a source", 3577),
            ("file url", 0),
            ("filter of a stream", 8104),
            ("path with slashes of both kinds", 3615),
            ("run of dots", 4603),
            ("climb in text", 1485),
            ("target in text", 2413),
            ("path that a system has and no API", 1717),
            ("hidden file", -17),
            ("share of a host", 342),
            ("climb and nothing else", 3695),
            ("file of the process that reads it", 8060),
            ("path of a system in its documentation", -77),
        ],
        shape: &[
            448, // over_32_bytes
            1549, // over_128_bytes
            347, // over_512_bytes
            -207, // over_2048_bytes
            -1012, // several_lines
            -1184, // many_lines
            -1417, // words_in_a_row
            -1281, // sentence
            427, // mostly_letters
            -249, // mostly_marks
            35, // is_name
            1352, // no_blank
            -28, // document
        ],
    },
    Weights {
        attack: Attack::Template,
        always: -1885,
        signs: &[
            ("constants are calculated", 8065),
            ("classes are reached", 8061),
            ("objects of the platform are reached", 8063),
            ("a program is run", 8062),
            ("a filter runs a function", 8062),
            ("a constructor is reached", 8068),
            ("a directive imports or runs", 8078),
            ("delimiters of several engines", 8060),
            ("constants are calculated in text", 3035),
            ("classes are reached in text", 2392),
            ("objects of the platform in text", 2528),
            ("a program is run in text", 2527),
            ("classes are reached without delimiters", 3535),
            ("objects of the platform without delimiters", 4313),
            ("a program is run without delimiters", 4004),
            ("a method of a literal", 3183),
            ("globals of an engine", 4232),
            ("a call in an expression", 3145),
            ("an expression and nothing else", 686),
            ("a statement of a template", 1273),
            ("an error is provoked", 3722),
            ("an expression that is not closed", 1211),
            ("a block with a value of its own", 3053),
            ("a scriptlet", 363),
            ("an assignment in a directive", 3078),
            ("an expression is closed before one opens", 3030),
        ],
        shape: &[
            479, // over_32_bytes
            -374, // over_128_bytes
            -781, // over_512_bytes
            -121, // over_2048_bytes
            -1221, // several_lines
            -1142, // many_lines
            -1034, // words_in_a_row
            -1039, // sentence
            -462, // mostly_letters
            396, // mostly_marks
            -1, // is_name
            -731, // no_blank
            -53, // document
        ],
    },
    Weights {
        attack: Attack::Lookup,
        always: -2417,
        signs: &[
            ("names of a directory are looked up", 8060),
            ("the name of a look-up is spliced", 8060),
            ("a remote look-up in text", 3030),
            ("a variable is looked up within another look-up", 3030),
            ("a variable is looked up", 1211),
            ("a look-up within a look-up", 1211),
            ("a protocol of a directory", 1211),
            ("the name of a remote look-up", 1211),
            ("the environment or a key is looked up", 3030),
        ],
        shape: &[
            636, // over_32_bytes
            231, // over_128_bytes
            -388, // over_512_bytes
            -121, // over_2048_bytes
            -615, // several_lines
            -788, // many_lines
            -904, // words_in_a_row
            -768, // sentence
            -462, // mostly_letters
            810, // mostly_marks
            -1, // is_name
            181, // no_blank
            -2, // document
        ],
    },
    Weights {
        attack: Attack::ServerRequest,
        always: -2161,
        signs: &[
            ("url of a metadata service", 8198),
            ("internal address in an odd notation", 8066),
            ("public address in an odd notation", 8217),
            ("scheme that sends raw bytes", 8067),
            ("authority that is read in two ways", 8077),
            ("port of another protocol on the own machine", 8068),
            ("internal host behind a user", 8060),
            ("url of the own machine", 2238),
            ("url of a private network", 401),
            ("url within a cluster", 1211),
            ("name that resolves to what it says", 3503),
            ("host that records its callers", 3030),
            ("scheme of another service", 2380),
            ("url of a file", 2296),
            ("user that is written as a host", 3063),
            ("url of a metadata service in text", 3422),
            ("url of an internal host in text", 1735),
            ("url without a scheme", 1835),
            ("more slashes than a url has", 3148),
            ("backslashes before a host", 3186),
            ("scheme without slashes", 3119),
            ("url as a path", 3300),
            ("escaped bytes before a host", 8214),
            ("host and a climb", 3228),
            ("host in letters of another kind", 3388),
            ("internal url in a parameter", 3045),
            ("url of an address", 460),
            ("path of a metadata service", 3032),
            ("user with a port", 3030),
            ("address of a metadata service alone", 3030),
            ("form that browsers repair and nobody writes", 4724),
            ("host without a scheme and nothing else", 4222),
        ],
        shape: &[
            1767, // over_32_bytes
            111, // over_128_bytes
            -508, // over_512_bytes
            -121, // over_2048_bytes
            -734, // several_lines
            -908, // many_lines
            -1024, // words_in_a_row
            -888, // sentence
            -388, // mostly_letters
            352, // mostly_marks
            -1, // is_name
            -948, // no_blank
            -2, // document
        ],
    },
    Weights {
        attack: Attack::Line,
        always: -2425,
        signs: &[
            ("field of a response behind a datum", 8060),
            ("field behind an escaped line end", 8060),
            ("second message behind a datum", 8060),
            ("recipient behind a datum", 8060),
            ("field of a response in text", 1181),
            ("field of a mail behind a datum", 3030),
            ("entry of a log behind a datum", 3030),
            ("body behind an empty line", 3030),
            ("line end in a name", 3030),
            ("escaped line end", 1211),
            ("field behind a line end as in source code", 3030),
            ("field of a response behind a sentence", 3030),
            ("line end at the beginning", 1173),
            ("field of a mail in text", 1172),
        ],
        shape: &[
            627, // over_32_bytes
            224, // over_128_bytes
            -392, // over_512_bytes
            -123, // over_2048_bytes
            -622, // several_lines
            -793, // many_lines
            -912, // words_in_a_row
            -774, // sentence
            -464, // mostly_letters
            810, // mostly_marks
            -1, // is_name
            181, // no_blank
            -3, // document
        ],
    },
    Weights {
        attack: Attack::Xml,
        always: -2423,
        signs: &[
            ("external", 8060),
            ("parameter", 8060),
            ("nested", 8060),
            ("bomb", 8060),
            ("foreign-type", 8060),
            ("includes-file", 8060),
            ("transforms", 8064),
            ("split", 8094),
            ("encoding", 8060),
            ("external-name", 3111),
            ("internal", 3490),
            ("includes", 3030),
            ("repeats", 3030),
            ("stylesheet", 758),
            ("type", 1546),
            ("letter", 1236),
            ("schema", 1211),
            ("bare", 3101),
            ("used", 3039),
        ],
        shape: &[
            629, // over_32_bytes
            776, // over_128_bytes
            -456, // over_512_bytes
            -189, // over_2048_bytes
            -683, // several_lines
            -855, // many_lines
            -904, // words_in_a_row
            -768, // sentence
            -530, // mostly_letters
            8, // mostly_marks
            -1, // is_name
            190, // no_blank
            236, // document
        ],
    },
    Weights {
        attack: Attack::NoSql,
        always: -3032,
        signs: &[
            ("credential", 8060),
            ("runs", 8063),
            ("out-of-string", 8164),
            ("out-of-number", 8132),
            ("always", 8060),
            ("out-of-object", 8077),
            ("command", 8060),
            ("script", 8060),
            ("name", 2620),
            ("object", 3048),
            ("shell", 2273),
            ("operator", 1690),
            ("tautology", 1211),
            ("shell-writes", 3358),
            ("operator-alone", 3048),
        ],
        shape: &[
            1607, // over_32_bytes
            231, // over_128_bytes
            -388, // over_512_bytes
            -121, // over_2048_bytes
            -615, // several_lines
            -788, // many_lines
            -904, // words_in_a_row
            -768, // sentence
            -462, // mostly_letters
            1511, // mostly_marks
            -515, // is_name
            -350, // no_blank
            -2, // document
        ],
    },
    Weights {
        attack: Attack::Ldap,
        always: -2366,
        signs: &[
            ("leaves", 8060),
            ("joins", 8075),
            ("matches-all", 8080),
            ("rule", 8078),
            ("cut", 8063),
            ("closes", 3035),
            ("credential", 3506),
            ("escaped", 1155),
            ("filter", 1078),
            ("second", 3303),
        ],
        shape: &[
            1525, // over_32_bytes
            203, // over_128_bytes
            -416, // over_512_bytes
            -121, // over_2048_bytes
            -643, // several_lines
            -816, // many_lines
            -932, // words_in_a_row
            -796, // sentence
            -462, // mostly_letters
            443, // mostly_marks
            -1, // is_name
            -662, // no_blank
            -2, // document
        ],
    },
    Weights {
        attack: Attack::XPath,
        always: -2119,
        signs: &[
            ("leaves", 8091),
            ("path", 8070),
            ("probe", 3782),
            ("tautology", 4007),
            ("expression", 458),
            ("leaves-number", 3030),
            ("fetches", 8070),
        ],
        shape: &[
            1003, // over_32_bytes
            220, // over_128_bytes
            -400, // over_512_bytes
            -121, // over_2048_bytes
            -627, // several_lines
            -799, // many_lines
            -916, // words_in_a_row
            -780, // sentence
            -462, // mostly_letters
            453, // mostly_marks
            -1, // is_name
            -188, // no_blank
            -2, // document
        ],
    },
    Weights {
        attack: Attack::Object,
        always: -2556,
        signs: &[
            ("php", 8060),
            ("java", 8060),
            ("pickle", 8060),
            ("dotnet", 8060),
            ("node", 8067),
            ("tag", 8060),
            ("gadget", 8061),
            ("decoder", 8063),
            ("ruby", 3030),
            ("pickle-encoded", 3030),
            ("php-standard", 3030),
            ("tag-named", 3030),
            ("type", 3030),
            ("class", 3475),
            ("php-scalars", 461),
            ("state", 1211),
            ("ruby-encoded", 1211),
            ("gadget-named", 1214),
            ("type-name", 1211),
            ("tool", 1211),
            ("connects", 8076),
            ("bytecode", 3030),
            ("name", 3030),
        ],
        shape: &[
            871, // over_32_bytes
            459, // over_128_bytes
            -387, // over_512_bytes
            -121, // over_2048_bytes
            -615, // several_lines
            -788, // many_lines
            -904, // words_in_a_row
            -768, // sentence
            -462, // mostly_letters
            436, // mostly_marks
            -1, // is_name
            -194, // no_blank
            -2, // document
        ],
    },
    Weights {
        attack: Attack::Prototype,
        always: -2173,
        signs: &[
            ("name", 8060),
            ("key", 8060),
            ("whole", 8060),
            ("assigns", 3139),
            ("member", 1699),
            ("alone", 3453),
        ],
        shape: &[
            679, // over_32_bytes
            264, // over_128_bytes
            -388, // over_512_bytes
            -121, // over_2048_bytes
            -615, // several_lines
            -788, // many_lines
            -904, // words_in_a_row
            -768, // sentence
            -334, // mostly_letters
            908, // mostly_marks
            -1, // is_name
            378, // no_blank
            -2, // document
        ],
    },
    Weights {
        attack: Attack::GraphQl,
        always: -2192,
        signs: &[
            ("cycle", 8060),
            ("credentials", 8060),
            ("directives", 8060),
            ("repeated", 8060),
            ("deep", 3030),
            ("aliases", 3030),
            ("credentials-few", 3119),
            ("directives-few", 3030),
            ("repeated-few", 3030),
            ("introspection", 3391),
            ("nested", 1211),
            ("aliases-few", 1211),
            ("operations", 1211),
            ("types-loop", 3030),
            ("probes", 3391),
            ("credentials-several", 3119),
        ],
        shape: &[
            831, // over_32_bytes
            392, // over_128_bytes
            -272, // over_512_bytes
            -121, // over_2048_bytes
            -450, // several_lines
            -643, // many_lines
            -804, // words_in_a_row
            -768, // sentence
            -362, // mostly_letters
            815, // mostly_marks
            -1, // is_name
            186, // no_blank
            -2, // document
        ],
    },
    Weights {
        attack: Attack::Scanner,
        always: -2445,
        signs: &[
            ("host", 8060),
            ("tool", 2747),
            ("placeholder", 3030),
            ("collector", 1211),
            ("names-itself", 8060),
            ("beside-browser", 3035),
        ],
        shape: &[
            636, // over_32_bytes
            231, // over_128_bytes
            -388, // over_512_bytes
            -121, // over_2048_bytes
            -615, // several_lines
            -788, // many_lines
            -904, // words_in_a_row
            -768, // sentence
            -462, // mostly_letters
            810, // mostly_marks
            -1, // is_name
            152, // no_blank
            -2, // document
        ],
    },
];
