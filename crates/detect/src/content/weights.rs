//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -3566,
        signs: &[
            ("tautology", 8019),
            ("break_union", 8019),
            ("break_stacked", 8018),
            ("break_probe", 8020),
            ("break_clause", 8034),
            ("shape", 3377),
            ("union", 5194),
            ("sub_select", 3535),
            ("waits", 4498),
            ("catalogue", 4173),
            ("probe", 2425),
            ("nested_probe", 798),
            ("characters", 3662),
            ("nulls", 2207),
            ("ends_in_comment", 3694),
            ("ends_in_string", 1134),
            ("closes", 415),
            ("sql", 736),
            ("continues", 1056),
            ("constants", 4691),
            ("statement", 0),
            ("deed", 5209),
            ("order", 5089),
            ("case", 2425),
            ("prose", -197),
            ("joins", -283),
            ("asks", 4459),
            ("stacked", 4400),
            ("marked_comment", 4438),
            ("comment_for_blank", 4534),
            ("quote_ends", 436),
            ("hexadecimal", 867),
        ],
        shape: &[
            -550, // over_32_bytes
            -1208, // over_128_bytes
            -996, // over_512_bytes
            356, // over_2048_bytes
            -1190, // several_lines
            -1207, // many_lines
            -399, // words_in_a_row
            -1905, // sentence
            -763, // mostly_letters
            1318, // mostly_marks
            -709, // is_name
            -1295, // no_blank
            -1314, // document
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -1287,
        signs: &[
            ("probe", 8018),
            ("out-of-attribute", 8018),
            ("out-of-element", 8018),
            ("out-of-string", 8020),
            ("address", 8018),
            ("constructed", 8018),
            ("symbols", 8018),
            ("hidden-address", 8018),
            ("utf-7", 8021),
            ("lone-handler", 8018),
            ("told", 4385),
            ("runs", 4443),
            ("script-tag", 4419),
            ("style", 4446),
            ("call", 4859),
            ("symbols-few", 4394),
            ("changes", 4621),
            ("odd-separator", 4386),
            ("address-calls", 4404),
            ("steals", 4385),
            ("opens", 1694),
            ("handler", 1741),
            ("script", 197),
            ("address-somewhere", 2818),
            ("proof-somewhere", 1860),
            ("frame", 3157),
            ("shape", 3658),
            ("hidden", 1854),
            ("torn", 1604),
            ("code", 2852),
        ],
        shape: &[
            -44, // over_32_bytes
            -2434, // over_128_bytes
            -917, // over_512_bytes
            -96, // over_2048_bytes
            -1329, // several_lines
            -1592, // many_lines
            -162, // words_in_a_row
            -2006, // sentence
            251, // mostly_letters
            2343, // mostly_marks
            628, // is_name
            -207, // no_blank
            -685, // document
        ],
    },
    Weights {
        attack: Attack::Command,
        always: -911,
        signs: &[
            ("leading separator", 8019),
            ("appended", 8018),
            ("separator and command", 5596),
            ("substitution", 8018),
            ("substitution of a word", 4953),
            ("command", 3139),
            ("command on a target", 8018),
            ("spliced name", 8029),
            ("blank by variable", 8019),
            ("slice of a variable", 4747),
            ("brace expansion", 8018),
            ("globbed path", 8027),
            ("function in an environment", 8043),
            ("fork bomb", 8023),
            ("reverse shell", 8018),
            ("reverse shell in text", 4385),
            ("server-side include", 8020),
            ("call that runs a command", 8019),
            ("call that runs something", 4545),
            ("hidden powershell", 8018),
            ("powershell", 4673),
            ("control flow of cmd", 5864),
            ("variable as a command", 4492),
            ("empty expansion", 4390),
            ("here string or process substitution", 4540),
            ("command of a mail protocol", 4798),
            ("command with a target in text", 4390),
            ("separator and name of a program", 19),
            ("command in text", -773),
            ("name of a program alone", 2613),
            ("tilde expansion", 2203),
            ("path to a program", 1927),
        ],
        shape: &[
            -1007, // over_32_bytes
            -1440, // over_128_bytes
            -634, // over_512_bytes
            -122, // over_2048_bytes
            471, // several_lines
            -1440, // many_lines
            -1143, // words_in_a_row
            -1217, // sentence
            -406, // mostly_letters
            2179, // mostly_marks
            349, // is_name
            -873, // no_blank
            69, // document
        ],
    },
    Weights {
        attack: Attack::Traversal,
        always: -2099,
        signs: &[
            ("climb to a target", 8020),
            ("escaped climb", 8018),
            ("far climb", 8018),
            ("climb out of the root", 8019),
            ("odd separators in a climb", 8018),
            ("climb with a parameter", 8018),
            ("segments of dots", 8020),
            ("many segments of one dot", 8179),
            ("stream wrapper", 8021),
            ("climb in base64", 8024),
            ("path cut off by a null byte", 8019),
            ("climb of some levels", 4406),
            ("path with a null byte", 2836),
            ("file of users", 4992),
            ("file of windows", 4662),
            ("file of a process", 4931),
            ("log of a server", 5491),
            ("configuration of a server", 5653),
            ("file of secrets", 5082),
            ("backup of a source", 4497),
            ("file url", 4460),
            ("filter of a stream", 5197),
            ("path of a network share", 1382),
            ("run of dots", 5735),
            ("climb in text", 3600),
            ("target in text", 2715),
            ("path of a system", 2070),
            ("hidden file", 45),
            ("share of a host", 511),
            ("climb and nothing else", 4394),
            ("file of the process that reads it", 8018),
            ("known file and a null byte", 8018),
        ],
        shape: &[
            -1451, // over_32_bytes
            618, // over_128_bytes
            245, // over_512_bytes
            -203, // over_2048_bytes
            -887, // several_lines
            -1529, // many_lines
            -1416, // words_in_a_row
            -1649, // sentence
            268, // mostly_letters
            -916, // mostly_marks
            -244, // is_name
            520, // no_blank
            -335, // document
        ],
    },
    Weights {
        attack: Attack::Template,
        always: -2694,
        signs: &[
            ("constants are calculated", 8019),
            ("classes are reached", 8018),
            ("objects of the platform are reached", 8020),
            ("a program is run", 8018),
            ("a filter runs a function", 8019),
            ("a constructor is reached", 8021),
            ("a directive imports or runs", 8026),
            ("delimiters of several engines", 8018),
            ("constants are calculated in text", 4386),
            ("classes are reached in text", 3787),
            ("objects of the platform in text", 3527),
            ("a program is run in text", 3526),
            ("classes are reached without delimiters", 4593),
            ("objects of the platform without delimiters", 5143),
            ("a program is run without delimiters", 4835),
            ("a method of a literal", 4407),
            ("globals of an engine", 4636),
            ("a call in an expression", 3279),
            ("an expression and nothing else", 1567),
            ("a statement of a template", 2226),
            ("an error is provoked", 4721),
            ("an expression that is not closed", 1858),
            ("a block with a value of its own", 4387),
            ("a scriptlet", 2482),
            ("an assignment in a directive", 4396),
            ("an expression is closed before one opens", 4385),
        ],
        shape: &[
            -146, // over_32_bytes
            -1369, // over_128_bytes
            -1023, // over_512_bytes
            -93, // over_2048_bytes
            -1554, // several_lines
            -1373, // many_lines
            -528, // words_in_a_row
            -1435, // sentence
            -484, // mostly_letters
            444, // mostly_marks
            -273, // is_name
            -1334, // no_blank
            -336, // document
        ],
    },
    Weights {
        attack: Attack::Lookup,
        always: -3201,
        signs: &[
            ("names of a directory are looked up", 8018),
            ("the name of a look-up is spliced", 8018),
            ("a remote look-up in text", 4385),
            ("a variable is looked up within another look-up", 4385),
            ("a variable is looked up", 1858),
            ("a look-up within a look-up", 1858),
            ("a protocol of a directory", 1858),
            ("the name of a remote look-up", 1858),
            ("the environment or a key is looked up", 4385),
        ],
        shape: &[
            235, // over_32_bytes
            -621, // over_128_bytes
            -500, // over_512_bytes
            -93, // over_2048_bytes
            -805, // several_lines
            -1054, // many_lines
            -758, // words_in_a_row
            -992, // sentence
            -484, // mostly_letters
            857, // mostly_marks
            -273, // is_name
            -270, // no_blank
            -308, // document
        ],
    },
    Weights {
        attack: Attack::ServerRequest,
        always: -2037,
        signs: &[
            ("url of a metadata service", 8027),
            ("internal address in an odd notation", 8018),
            ("public address in an odd notation", 8023),
            ("scheme that sends raw bytes", 8018),
            ("authority that is read in two ways", 8025),
            ("port of another protocol on the own machine", 8018),
            ("internal host behind a user", 8018),
            ("url of the own machine", 2822),
            ("url of a private network", 1858),
            ("url within a cluster", 1858),
            ("name that resolves to what it says", 4511),
            ("host that records its callers", 4385),
            ("scheme of another service", 4670),
            ("url of a file", 4506),
            ("user that is written as a host", 4711),
            ("url of a metadata service in text", 4556),
            ("url of an internal host in text", 2345),
            ("url without a scheme", 2260),
            ("more slashes than a url has", 4516),
            ("backslashes before a host", 4632),
            ("scheme without slashes", 4567),
            ("url as a path", 4832),
            ("escaped bytes before a host", 5059),
            ("host and a climb", 4698),
            ("host in letters of another kind", 4563),
            ("internal url in a parameter", 4385),
            ("url of an address", 2048),
            ("path of a metadata service", 4385),
            ("user with a port", 4385),
            ("address of a metadata service alone", 4385),
        ],
        shape: &[
            -51, // over_32_bytes
            -679, // over_128_bytes
            -559, // over_512_bytes
            -93, // over_2048_bytes
            -864, // several_lines
            -1112, // many_lines
            -817, // words_in_a_row
            -1051, // sentence
            -420, // mostly_letters
            1094, // mostly_marks
            -273, // is_name
            -117, // no_blank
            -308, // document
        ],
    },
    Weights {
        attack: Attack::Line,
        always: -3208,
        signs: &[
            ("field of a response behind a datum", 8018),
            ("field behind an escaped line end", 8018),
            ("second message behind a datum", 8018),
            ("recipient behind a datum", 8018),
            ("field of a response in text", 1829),
            ("field of a mail behind a datum", 4385),
            ("entry of a log behind a datum", 4385),
            ("body behind an empty line", 4385),
            ("line end in a name", 4385),
            ("escaped line end", 1858),
            ("field behind a line end as in source code", 4385),
            ("field of a response behind a sentence", 4385),
            ("line end at the beginning", 1831),
            ("field of a mail in text", 1824),
        ],
        shape: &[
            229, // over_32_bytes
            -627, // over_128_bytes
            -504, // over_512_bytes
            -94, // over_2048_bytes
            -812, // several_lines
            -1058, // many_lines
            -765, // words_in_a_row
            -996, // sentence
            -485, // mostly_letters
            857, // mostly_marks
            -273, // is_name
            -270, // no_blank
            -310, // document
        ],
    },
    Weights {
        attack: Attack::Xml,
        always: -2798,
        signs: &[
            ("external", 8018),
            ("parameter", 8018),
            ("nested", 8018),
            ("bomb", 8018),
            ("foreign-type", 8018),
            ("includes-file", 8018),
            ("transforms", 8019),
            ("split", 8027),
            ("encoding", 8018),
            ("external-name", 4542),
            ("internal", 4460),
            ("includes", 4385),
            ("repeats", 4385),
            ("stylesheet", 2538),
            ("type", 1858),
            ("letter", 1862),
            ("schema", 1858),
        ],
        shape: &[
            638, // over_32_bytes
            -337, // over_128_bytes
            -558, // over_512_bytes
            -150, // over_2048_bytes
            -862, // several_lines
            -1111, // many_lines
            -758, // words_in_a_row
            -992, // sentence
            -541, // mostly_letters
            862, // mostly_marks
            -273, // is_name
            -268, // no_blank
            -249, // document
        ],
    },
    Weights {
        attack: Attack::NoSql,
        always: -3369,
        signs: &[
            ("credential", 8018),
            ("runs", 8018),
            ("out-of-string", 8071),
            ("out-of-number", 8044),
            ("always", 8018),
            ("out-of-object", 8021),
            ("command", 8018),
            ("script", 8018),
            ("name", 2950),
            ("object", 4406),
            ("shell", 5002),
            ("operator", 2446),
            ("tautology", 1858),
        ],
        shape: &[
            735, // over_32_bytes
            -621, // over_128_bytes
            -500, // over_512_bytes
            -93, // over_2048_bytes
            -805, // several_lines
            -1054, // many_lines
            -758, // words_in_a_row
            -992, // sentence
            -484, // mostly_letters
            1169, // mostly_marks
            -1082, // is_name
            -788, // no_blank
            -308, // document
        ],
    },
    Weights {
        attack: Attack::Ldap,
        always: -2877,
        signs: &[
            ("leaves", 8018),
            ("joins", 8021),
            ("matches-all", 8019),
            ("rule", 8020),
            ("cut", 8018),
            ("closes", 4385),
            ("credential", 4432),
            ("escaped", 1831),
            ("filter", 2529),
        ],
        shape: &[
            556, // over_32_bytes
            -634, // over_128_bytes
            -514, // over_512_bytes
            -93, // over_2048_bytes
            -819, // several_lines
            -1067, // many_lines
            -772, // words_in_a_row
            -1006, // sentence
            -484, // mostly_letters
            859, // mostly_marks
            -273, // is_name
            -269, // no_blank
            -308, // document
        ],
    },
    Weights {
        attack: Attack::XPath,
        always: -2981,
        signs: &[
            ("leaves", 8034),
            ("path", 8021),
            ("probe", 4624),
            ("tautology", 4692),
            ("expression", 1798),
        ],
        shape: &[
            295, // over_32_bytes
            -684, // over_128_bytes
            -536, // over_512_bytes
            -93, // over_2048_bytes
            -868, // several_lines
            -1117, // many_lines
            -821, // words_in_a_row
            -1042, // sentence
            -508, // mostly_letters
            907, // mostly_marks
            -273, // is_name
            -238, // no_blank
            -316, // document
        ],
    },
    Weights {
        attack: Attack::Object,
        always: -3193,
        signs: &[
            ("php", 8018),
            ("java", 8018),
            ("pickle", 8018),
            ("dotnet", 8018),
            ("node", 8019),
            ("tag", 8018),
            ("gadget", 8018),
            ("decoder", 8018),
            ("ruby", 4385),
            ("pickle-encoded", 4385),
            ("php-standard", 4385),
            ("tag-named", 4385),
            ("type", 4385),
            ("class", 4406),
            ("php-scalars", 1858),
            ("state", 1858),
            ("ruby-encoded", 1858),
            ("gadget-named", 1920),
            ("type-name", 1858),
            ("tool", 1858),
        ],
        shape: &[
            244, // over_32_bytes
            -612, // over_128_bytes
            -494, // over_512_bytes
            -93, // over_2048_bytes
            -805, // several_lines
            -1054, // many_lines
            -758, // words_in_a_row
            -992, // sentence
            -484, // mostly_letters
            857, // mostly_marks
            -273, // is_name
            -270, // no_blank
            -308, // document
        ],
    },
    Weights {
        attack: Attack::Prototype,
        always: -2679,
        signs: &[
            ("name", 8018),
            ("key", 8018),
            ("whole", 8018),
            ("assigns", 4440),
            ("member", 2903),
        ],
        shape: &[
            256, // over_32_bytes
            -617, // over_128_bytes
            -500, // over_512_bytes
            -93, // over_2048_bytes
            -805, // several_lines
            -1054, // many_lines
            -758, // words_in_a_row
            -992, // sentence
            -181, // mostly_letters
            1058, // mostly_marks
            -273, // is_name
            238, // no_blank
            -308, // document
        ],
    },
    Weights {
        attack: Attack::GraphQl,
        always: -2226,
        signs: &[
            ("cycle", 8018),
            ("credentials", 8018),
            ("directives", 8018),
            ("repeated", 8018),
            ("deep", 4385),
            ("aliases", 4385),
            ("credentials-few", 4517),
            ("directives-few", 4385),
            ("repeated-few", 4385),
            ("introspection", 3314),
            ("nested", 2221),
            ("aliases-few", 1858),
            ("operations", 1858),
            ("types-loop", 4385),
        ],
        shape: &[
            1036, // over_32_bytes
            4, // over_128_bytes
            59, // over_512_bytes
            -93, // over_2048_bytes
            -362, // several_lines
            -713, // many_lines
            -483, // words_in_a_row
            -992, // sentence
            -209, // mostly_letters
            889, // mostly_marks
            -273, // is_name
            -57, // no_blank
            -308, // document
        ],
    },
    Weights {
        attack: Attack::Scanner,
        always: -3198,
        signs: &[
            ("host", 8018),
            ("tool", 4420),
            ("placeholder", 4385),
            ("collector", 1858),
        ],
        shape: &[
            235, // over_32_bytes
            -621, // over_128_bytes
            -500, // over_512_bytes
            -93, // over_2048_bytes
            -805, // several_lines
            -1054, // many_lines
            -758, // words_in_a_row
            -992, // sentence
            -484, // mostly_letters
            857, // mostly_marks
            -273, // is_name
            -268, // no_blank
            -308, // document
        ],
    },
];
