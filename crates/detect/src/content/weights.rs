//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2716,
        signs: &[
            ("tautology", 8067),
            ("break_union", 8059),
            ("break_stacked", 8062),
            ("break_probe", 8071),
            ("break_clause", 8071),
            ("shape", 2631),
            ("union", 5272),
            ("sub_select", 2872),
            ("waits", 989),
            ("catalogue", 3775),
            ("probe", 408),
            ("nested_probe", 2040),
            ("characters", 2982),
            ("nulls", 1748),
            ("ends_in_comment", 4833),
            ("ends_in_string", 2029),
            ("closes", 890),
            ("sql", -114),
            ("continues", 1212),
            ("constants", 3014),
            ("statement", 0),
            ("deed", 3167),
            ("order", 3736),
            ("case", 3139),
            ("prose", -380),
            ("clause_alone", 3556),
            ("asks", 412),
            ("stacked", 4198),
            ("quote_and_comment", 4686),
            ("comment_for_blank", 4090),
            ("quote_and_operator", 3106),
            ("hexadecimal", 1858),
        ],
        shape: &[
            -50, // over_32_bytes
            -24, // over_128_bytes
            -832, // over_512_bytes
            178, // over_2048_bytes
            -330, // several_lines
            -1178, // many_lines
            -435, // words_in_a_row
            -2465, // sentence
            -1018, // mostly_letters
            870, // mostly_marks
            -445, // is_name
            -375, // no_blank
            -936, // document
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -2058,
        signs: &[
            ("probe", 8680),
            ("out-of-attribute", 8059),
            ("out-of-element", 8059),
            ("out-of-string", 8073),
            ("address", 8059),
            ("constructed", 8059),
            ("symbols", 8058),
            ("hidden-address", 8059),
            ("utf-7", 8076),
            ("lone-handler", 8058),
            ("told", 2088),
            ("runs", 3037),
            ("script-tag", 2441),
            ("style", 3664),
            ("call", 2603),
            ("symbols-few", 3139),
            ("changes", 5427),
            ("odd-separator", 3592),
            ("address-calls", 1506),
            ("steals", 4042),
            ("opens", 2231),
            ("handler", -626),
            ("script", -524),
            ("address-somewhere", 1693),
            ("proof-somewhere", 1035),
            ("frame", 1768),
            ("loads", 4969),
            ("hidden", 1710),
            ("torn", 3278),
            ("code", 689),
            ("odd-source", 4741),
            ("unfinished", 4011),
        ],
        shape: &[
            768, // over_32_bytes
            2211, // over_128_bytes
            -438, // over_512_bytes
            -201, // over_2048_bytes
            -362, // several_lines
            -1388, // many_lines
            -2108, // words_in_a_row
            -891, // sentence
            -1335, // mostly_letters
            3008, // mostly_marks
            748, // is_name
            2531, // no_blank
            178, // document
        ],
    },
    Weights {
        attack: Attack::Command,
        always: -84,
        signs: &[
            ("leading separator", 8060),
            ("appended", 8059),
            ("separator and command", 5802),
            ("substitution", 8059),
            ("substitution of a word", 4873),
            ("command", 726),
            ("command on a target", 8065),
            ("spliced name", 8092),
            ("blank by variable", 8060),
            ("slice of a variable", 3488),
            ("brace expansion", 8064),
            ("globbed path", 8064),
            ("function that runs where it is read", 8114),
            ("command that looks around and nothing else", 4002),
            ("reverse shell", 8058),
            ("reverse shell in text", 3034),
            ("server-side include", 8059),
            ("call that runs a command", 8061),
            ("call that runs something", 3344),
            ("hidden powershell", 8058),
            ("powershell", 3484),
            ("control flow of cmd", 4860),
            ("variable as a command", 3269),
            ("empty expansion", 3059),
            ("here string or process substitution", 3859),
            ("command of a mail protocol", 8079),
            ("command with a target in text", 3077),
            ("separator and name of a program", -1415),
            ("command in text", -626),
            ("name of a program alone", -57),
            ("tilde expansion", 1457),
            ("path to a program", 2550),
        ],
        shape: &[
            146, // over_32_bytes
            -462, // over_128_bytes
            -524, // over_512_bytes
            -151, // over_2048_bytes
            -1346, // several_lines
            -1249, // many_lines
            -788, // words_in_a_row
            -1195, // sentence
            215, // mostly_letters
            2921, // mostly_marks
            778, // is_name
            227, // no_blank
            318, // document
        ],
    },
    Weights {
        attack: Attack::Traversal,
        always: -2340,
        signs: &[
            ("climb to a target", 8102),
            ("escaped climb", 8079),
            ("far climb", 8089),
            ("climb out of the root", 8085),
            ("odd separators in a climb", 8067),
            ("file that is the system's own", 3793),
            ("segments of dots", 8136),
            ("server that lists of files name", 3734),
            ("stream wrapper", 8067),
            ("climb in base64", 8058),
            ("path cut off by a null byte", 8065),
            ("climb of some levels", 0),
            ("path with a null byte", 2070),
            ("file of passwords", 8076),
            ("file of windows", 4205),
            ("file of a process", 3636),
            ("log of a server", 3748),
            ("configuration of a server", 3640),
            ("file of secrets", 5076),
            ("backup of a source", 3584),
            ("file url", 0),
            ("filter of a stream", 8103),
            ("path with slashes of both kinds", 3618),
            ("run of dots", 4612),
            ("climb in text", 1501),
            ("target in text", 2426),
            ("path that a system has and no API", 1730),
            ("hidden file", -5),
            ("share of a host", 357),
            ("climb and nothing else", 3698),
            ("file of the process that reads it", 8058),
            ("path of a system in its documentation", -61),
        ],
        shape: &[
            448, // over_32_bytes
            1535, // over_128_bytes
            366, // over_512_bytes
            -203, // over_2048_bytes
            -1037, // several_lines
            -1152, // many_lines
            -1417, // words_in_a_row
            -1311, // sentence
            434, // mostly_letters
            -249, // mostly_marks
            39, // is_name
            1352, // no_blank
            -12, // document
        ],
    },
    Weights {
        attack: Attack::Template,
        always: -1929,
        signs: &[
            ("constants are calculated", 8064),
            ("classes are reached", 8060),
            ("objects of the platform are reached", 8062),
            ("a program is run", 8060),
            ("a filter runs a function", 8060),
            ("a constructor is reached", 8067),
            ("a directive imports or runs", 8077),
            ("delimiters of several engines", 8058),
            ("constants are calculated in text", 3039),
            ("classes are reached in text", 2449),
            ("objects of the platform in text", 2318),
            ("a program is run in text", 2316),
            ("classes are reached without delimiters", 3551),
            ("objects of the platform without delimiters", 4336),
            ("a program is run without delimiters", 4027),
            ("a method of a literal", 3185),
            ("globals of an engine", 4233),
            ("a call in an expression", 3169),
            ("an expression and nothing else", 724),
            ("a statement of a template", 1327),
            ("an error is provoked", 3734),
            ("an expression that is not closed", 1226),
            ("a block with a value of its own", 3056),
            ("a scriptlet", 393),
            ("an assignment in a directive", 3083),
            ("an expression is closed before one opens", 3034),
        ],
        shape: &[
            471, // over_32_bytes
            -473, // over_128_bytes
            -629, // over_512_bytes
            -117, // over_2048_bytes
            -1326, // several_lines
            -1081, // many_lines
            -1087, // words_in_a_row
            -1185, // sentence
            -449, // mostly_letters
            404, // mostly_marks
            4, // is_name
            -730, // no_blank
            -38, // document
        ],
    },
    Weights {
        attack: Attack::Lookup,
        always: -2448,
        signs: &[
            ("names of a directory are looked up", 8058),
            ("the name of a look-up is spliced", 8058),
            ("a remote look-up in text", 3034),
            ("a variable is looked up within another look-up", 3034),
            ("a variable is looked up", 1226),
            ("a look-up within a look-up", 1226),
            ("a protocol of a directory", 1226),
            ("the name of a remote look-up", 1226),
            ("the environment or a key is looked up", 3034),
        ],
        shape: &[
            624, // over_32_bytes
            209, // over_128_bytes
            -361, // over_512_bytes
            -117, // over_2048_bytes
            -643, // several_lines
            -758, // many_lines
            -917, // words_in_a_row
            -810, // sentence
            -449, // mostly_letters
            805, // mostly_marks
            4, // is_name
            178, // no_blank
            14, // document
        ],
    },
    Weights {
        attack: Attack::ServerRequest,
        always: -2198,
        signs: &[
            ("url of a metadata service", 8199),
            ("internal address in an odd notation", 8064),
            ("public address in an odd notation", 8216),
            ("scheme that sends raw bytes", 8066),
            ("authority that is read in two ways", 8075),
            ("port of another protocol on the own machine", 8067),
            ("internal host behind a user", 8058),
            ("url of the own machine", 2255),
            ("url of a private network", 412),
            ("url within a cluster", 1226),
            ("name that resolves to what it says", 3510),
            ("host that records its callers", 3034),
            ("scheme of another service", 2395),
            ("url of a file", 2309),
            ("user that is written as a host", 3067),
            ("url of a metadata service in text", 3434),
            ("url of an internal host in text", 1761),
            ("url without a scheme", 1853),
            ("more slashes than a url has", 3152),
            ("backslashes before a host", 3190),
            ("scheme without slashes", 3123),
            ("url as a path", 3306),
            ("escaped bytes before a host", 8135),
            ("host and a climb", 3233),
            ("host in letters of another kind", 3392),
            ("internal url in a parameter", 3049),
            ("url of an address", 472),
            ("path of a metadata service", 3036),
            ("user with a port", 3034),
            ("address of a metadata service alone", 3034),
            ("form that browsers repair and nobody writes", 4732),
            ("host without a scheme and nothing else", 4225),
        ],
        shape: &[
            1766, // over_32_bytes
            93, // over_128_bytes
            -477, // over_512_bytes
            -117, // over_2048_bytes
            -758, // several_lines
            -874, // many_lines
            -1033, // words_in_a_row
            -926, // sentence
            -375, // mostly_letters
            341, // mostly_marks
            4, // is_name
            -929, // no_blank
            14, // document
        ],
    },
    Weights {
        attack: Attack::Line,
        always: -2466,
        signs: &[
            ("field of a response behind a datum", 8058),
            ("field behind an escaped line end", 8058),
            ("second message behind a datum", 8058),
            ("recipient behind a datum", 8058),
            ("field of a response in text", 1200),
            ("field of a mail behind a datum", 2934),
            ("entry of a log behind a datum", 3034),
            ("body behind an empty line", 3034),
            ("line end in a name", 3034),
            ("escaped line end", 1226),
            ("field behind a line end as in source code", 3034),
            ("field of a response behind a sentence", 3034),
            ("line end at the beginning", 1190),
            ("field of a mail in text", 1094),
        ],
        shape: &[
            606, // over_32_bytes
            192, // over_128_bytes
            -365, // over_512_bytes
            -118, // over_2048_bytes
            -659, // several_lines
            -773, // many_lines
            -924, // words_in_a_row
            -815, // sentence
            -451, // mostly_letters
            805, // mostly_marks
            4, // is_name
            178, // no_blank
            12, // document
        ],
    },
    Weights {
        attack: Attack::Xml,
        always: -2448,
        signs: &[
            ("external", 8059),
            ("parameter", 8058),
            ("nested", 8058),
            ("bomb", 8058),
            ("foreign-type", 8058),
            ("includes-file", 8058),
            ("transforms", 8062),
            ("split", 8093),
            ("encoding", 8058),
            ("external-name", 3116),
            ("internal", 3494),
            ("includes", 3034),
            ("repeats", 3034),
            ("stylesheet", 785),
            ("type", 1560),
            ("letter", 1251),
            ("schema", 1226),
            ("bare", 3106),
            ("used", 3043),
        ],
        shape: &[
            624, // over_32_bytes
            756, // over_128_bytes
            -429, // over_512_bytes
            -185, // over_2048_bytes
            -711, // several_lines
            -827, // many_lines
            -917, // words_in_a_row
            -810, // sentence
            -517, // mostly_letters
            7, // mostly_marks
            4, // is_name
            188, // no_blank
            251, // document
        ],
    },
    Weights {
        attack: Attack::NoSql,
        always: -3052,
        signs: &[
            ("credential", 8059),
            ("runs", 8061),
            ("out-of-string", 8165),
            ("out-of-number", 8131),
            ("always", 8058),
            ("out-of-object", 8075),
            ("command", 8058),
            ("script", 8058),
            ("name", 2627),
            ("object", 3052),
            ("shell", 2289),
            ("operator", 1709),
            ("tautology", 1226),
            ("shell-writes", 3363),
            ("operator-alone", 3052),
        ],
        shape: &[
            1600, // over_32_bytes
            209, // over_128_bytes
            -361, // over_512_bytes
            -117, // over_2048_bytes
            -643, // several_lines
            -758, // many_lines
            -917, // words_in_a_row
            -810, // sentence
            -449, // mostly_letters
            1508, // mostly_marks
            -508, // is_name
            -350, // no_blank
            14, // document
        ],
    },
    Weights {
        attack: Attack::Ldap,
        always: -2389,
        signs: &[
            ("leaves", 8058),
            ("joins", 8074),
            ("matches-all", 8078),
            ("rule", 8076),
            ("cut", 8061),
            ("closes", 3039),
            ("credential", 3511),
            ("escaped", 1173),
            ("filter", 1100),
            ("second", 3312),
        ],
        shape: &[
            1519, // over_32_bytes
            182, // over_128_bytes
            -387, // over_512_bytes
            -117, // over_2048_bytes
            -670, // several_lines
            -785, // many_lines
            -943, // words_in_a_row
            -837, // sentence
            -449, // mostly_letters
            442, // mostly_marks
            4, // is_name
            -663, // no_blank
            14, // document
        ],
    },
    Weights {
        attack: Attack::XPath,
        always: -2141,
        signs: &[
            ("leaves", 8090),
            ("path", 8069),
            ("probe", 3791),
            ("tautology", 4018),
            ("expression", 479),
            ("leaves-number", 3034),
            ("fetches", 8069),
        ],
        shape: &[
            994, // over_32_bytes
            198, // over_128_bytes
            -372, // over_512_bytes
            -117, // over_2048_bytes
            -654, // several_lines
            -769, // many_lines
            -928, // words_in_a_row
            -821, // sentence
            -449, // mostly_letters
            452, // mostly_marks
            4, // is_name
            -189, // no_blank
            14, // document
        ],
    },
    Weights {
        attack: Attack::Object,
        always: -2580,
        signs: &[
            ("php", 8058),
            ("java", 8058),
            ("pickle", 8058),
            ("dotnet", 8058),
            ("node", 8065),
            ("tag", 8058),
            ("gadget", 8059),
            ("decoder", 8061),
            ("ruby", 3034),
            ("pickle-encoded", 3034),
            ("php-standard", 3034),
            ("tag-named", 3034),
            ("type", 3034),
            ("class", 3489),
            ("php-scalars", 481),
            ("state", 1226),
            ("ruby-encoded", 1226),
            ("gadget-named", 1229),
            ("type-name", 1226),
            ("tool", 1226),
            ("connects", 8075),
            ("bytecode", 3034),
            ("name", 3034),
        ],
        shape: &[
            865, // over_32_bytes
            441, // over_128_bytes
            -359, // over_512_bytes
            -117, // over_2048_bytes
            -643, // several_lines
            -758, // many_lines
            -917, // words_in_a_row
            -810, // sentence
            -449, // mostly_letters
            433, // mostly_marks
            4, // is_name
            -194, // no_blank
            14, // document
        ],
    },
    Weights {
        attack: Attack::Prototype,
        always: -2203,
        signs: &[
            ("name", 8058),
            ("key", 8058),
            ("whole", 8058),
            ("assigns", 3146),
            ("member", 1717),
            ("alone", 3457),
        ],
        shape: &[
            669, // over_32_bytes
            242, // over_128_bytes
            -361, // over_512_bytes
            -117, // over_2048_bytes
            -643, // several_lines
            -758, // many_lines
            -917, // words_in_a_row
            -810, // sentence
            -322, // mostly_letters
            905, // mostly_marks
            4, // is_name
            376, // no_blank
            14, // document
        ],
    },
    Weights {
        attack: Attack::GraphQl,
        always: -2219,
        signs: &[
            ("cycle", 8058),
            ("credentials", 8058),
            ("directives", 8058),
            ("repeated", 8058),
            ("deep", 3034),
            ("aliases", 3034),
            ("credentials-few", 3126),
            ("directives-few", 3034),
            ("repeated-few", 3034),
            ("introspection", 3399),
            ("nested", 1226),
            ("aliases-few", 1226),
            ("operations", 1226),
            ("types-loop", 3034),
            ("probes", 3399),
            ("credentials-several", 3126),
        ],
        shape: &[
            823, // over_32_bytes
            372, // over_128_bytes
            -244, // over_512_bytes
            -117, // over_2048_bytes
            -475, // several_lines
            -612, // many_lines
            -816, // words_in_a_row
            -810, // sentence
            -348, // mostly_letters
            810, // mostly_marks
            4, // is_name
            183, // no_blank
            14, // document
        ],
    },
    Weights {
        attack: Attack::Scanner,
        always: -2476,
        signs: &[
            ("host", 8058),
            ("tool", 2756),
            ("placeholder", 3034),
            ("collector", 1226),
            ("names-itself", 8058),
            ("beside-browser", 3039),
        ],
        shape: &[
            624, // over_32_bytes
            209, // over_128_bytes
            -361, // over_512_bytes
            -117, // over_2048_bytes
            -643, // several_lines
            -758, // many_lines
            -917, // words_in_a_row
            -810, // sentence
            -449, // mostly_letters
            805, // mostly_marks
            4, // is_name
            150, // no_blank
            14, // document
        ],
    },
];
