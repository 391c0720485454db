//! Who somebody is: names, gender, age and what else is said of people. These rest on the field's name; values
//! only agree with it or do not, and a value with a common given name agrees more.
//!
//! Misses   names in fields whose names do not tell; names that are also words.
//! Source   common given names and towns of some twenty countries, from general knowledge.

use super::shape::{Shape, has};

/// Whether a value can be a name of one to six words, and what its words weigh.
pub(super) fn name(shape: &Shape<'_>, words_max: usize) -> Option<u8> {
    let parts = has::LETTER | has::HIGH | has::SPACE | has::DASH | has::DOT | has::QUOTE | has::COMMA | has::BRACKET;
    let is_name = shape.only(parts) && (1..=80).contains(&shape.len()) && shape.any(has::LETTER | has::HIGH);
    let (mut count, mut small, mut known) = (0, 0, false);
    for word in shape.words() {
        count += 1;
        small += usize::from(word.first().is_some_and(u8::is_ascii_lowercase));
        known |= is_given_name(word);
    }
    if !is_name || count > words_max {
        return None;
    }
    Some(match (known, small < count || shape.any(has::HIGH)) {
        (true, _) => 5,
        (false, true) => 1,
        (false, false) => 0,
    })
}

/// Whether a word is a common given name, in any spelling of capitals.
fn is_given_name(word: &[u8]) -> bool {
    let mut folded = [0; 16];
    let Some(slot) = folded.get_mut(..word.len()) else { return false };
    slot.copy_from_slice(word);
    slot.make_ascii_lowercase();
    GIVEN_NAMES.binary_search_by(|it| it.as_bytes().cmp(slot)).is_ok()
}

/// Whether a value can be a town, and what it weighs that it is a large one.
pub(super) fn town(shape: &Shape<'_>) -> Option<u8> {
    let parts = has::LETTER | has::HIGH | has::SPACE | has::DASH | has::DOT | has::QUOTE | has::BRACKET | has::COMMA | has::SLASH;
    let is_town = shape.only(parts) && (1..=60).contains(&shape.len()) && shape.any(has::LETTER | has::HIGH);
    let is_known = || TOWNS.iter().any(|it| it.as_bytes().eq_ignore_ascii_case(shape.bytes));
    is_town.then(|| if is_known() { 6 } else { 1 })
}

/// Words only: a nationality, a religion, an occupation.
pub(super) fn words(shape: &Shape<'_>, bytes_max: usize) -> Option<u8> {
    let is_one = (2..=bytes_max).contains(&shape.len()) && (shape.letters >= 2 || shape.any(has::HIGH));
    (is_one && shape.digits == 0 && !shape.any(has::AT | has::UNDERSCORE | has::OTHER)).then_some(1)
}

/// The name under which somebody logs in.
pub(super) fn user(shape: &Shape<'_>) -> Option<u8> {
    let parts = has::ALPHANUMERIC | has::DASH | has::UNDERSCORE | has::DOT | has::AT | has::HIGH | has::PLUS;
    let is_one = shape.only(parts) && (2..=64).contains(&shape.len()) && (shape.letters > 0 || shape.any(has::HIGH));
    is_one.then_some(1)
}

pub(super) fn age(shape: &Shape<'_>) -> Option<u8> {
    (shape.only(has::DIGIT) && shape.len() <= 3 && !(shape.len() == 3 && shape.bytes > b"125")).then_some(1)
}

pub(super) fn salary(shape: &Shape<'_>) -> Option<u8> {
    let is_amount = shape.digits >= 3 && shape.digits <= 12 && shape.letters <= 4 && shape.len() <= 20;
    (is_amount && !shape.any(has::COLON | has::SLASH | has::AT)).then_some(1)
}

/// Words for genders.
const GENDERS: &[&str] = &[
    "m", "f", "x", "d", "w", "o", "u", "male", "female", "man", "woman", "other", "divers", "diverse", "non-binary",
    "nonbinary", "non binary", "transgender", "genderqueer", "genderfluid", "agender", "intersex", "männlich",
    "weiblich", "homme", "femme", "masculin", "féminin", "hombre", "mujer", "masculino", "femenino", "feminino",
    "maschio", "femmina", "maschile", "femminile", "man", "vrouw", "kobieta", "mężczyzna", "prefer not to say",
    "not specified", "1", "2", "9", "男", "女", "男性", "女性", "bigender", "polygender", "genderless", "boy", "girl",
    "mann", "frau", "kvinna", "mand", "kvinde", "mies", "nainen", "unspecified", "two-spirit", "nb", "non_binary",
];

pub(super) fn gender(shape: &Shape<'_>) -> Option<u8> {
    is_one_of(shape, GENDERS).then_some(5)
}

/// Words for being married or not.
const MARITAL: &[&str] = &[
    "single", "married", "divorced", "widowed", "separated", "engaged", "partnered", "civil partnership", "domestic partner",
    "never married", "cohabiting", "s", "m", "d", "w", "ledig", "verheiratet", "geschieden", "verwitwet", "getrennt",
    "lebenspartnerschaft", "célibataire", "marié", "mariée", "divorcé", "divorcée", "veuf", "veuve", "pacsé", "soltero",
    "soltera", "casado", "casada", "divorciado", "divorciada", "viudo", "viuda", "solteiro", "solteira", "viúvo",
    "viúva", "celibe", "nubile", "coniugato", "coniugata", "sposato", "sposata", "vedovo", "vedova", "registered partnership",
    "gehuwd", "ongehuwd", "gescheiden", "weduwe", "unmarried", "widow", "widower", "common law", "married_filing_jointly",
];

pub(super) fn marital(shape: &Shape<'_>) -> Option<u8> {
    is_one_of(shape, MARITAL).then_some(5)
}

fn is_one_of(shape: &Shape<'_>, all: &[&str]) -> bool {
    shape.len() <= 24 && all.iter().any(|it| it.as_bytes().eq_ignore_ascii_case(shape.bytes))
}

/// In order, in small letters.
const GIVEN_NAMES: &[&str] = &[
    "aaron", "abigail", "adam", "aditya", "agnieszka", "ahmed", "ahmet", "aiden", "aisha", "akira",
    "alain", "alan", "alba", "albert", "alberto", "alejandro", "alessandro", "alessia", "alexander",
    "alexei", "alexis", "ali", "alice", "amanda", "amber", "amelia", "amina", "amit", "amy", "ana",
    "anastasia", "anders", "andre", "andrea", "andreas", "andrei", "andrew", "andrzej", "angel",
    "angela", "anita", "anja", "anjali", "ann", "anna", "anne", "anneke", "anthony", "antoine",
    "antonia", "antonio", "antti", "aria", "arjun", "arthur", "asher", "ashley", "astrid",
    "aurelie", "aurora", "austin", "ava", "ayse", "barbara", "bart", "beatriz", "bella", "benjamin",
    "benoit", "bernard", "bernd", "betty", "beverly", "billy", "birgit", "birgitta", "bjorn",
    "bobby", "boris", "bram", "brandon", "brenda", "brian", "brigitte", "brittany", "bruce",
    "bruno", "bryan", "burak", "camila", "camille", "carl", "carlos", "carmen", "carol", "carolyn",
    "carter", "catarina", "catherine", "celine", "chantal", "charles", "charlotte", "chen",
    "cheryl", "chiara", "chloe", "christian", "christina", "christine", "christophe", "christopher",
    "clara", "claude", "claudia", "cornelis", "cristina", "cynthia", "daan", "daniel", "danielle",
    "david", "davide", "deborah", "debra", "deepak", "denise", "dennis", "diana", "diane", "diego",
    "dieter", "dmitry", "dolores", "donald", "donna", "doris", "dorothy", "douglas", "dylan",
    "ebba", "eduardo", "edward", "ekaterina", "eleanor", "elena", "elif", "elijah", "elisa",
    "elisabeth", "elizabeth", "ella", "elsa", "elzbieta", "emily", "emine", "emma", "emmanuel",
    "emre", "enrique", "eric", "erik", "erika", "ethan", "eugene", "eva", "evelyn", "everly", "ewa",
    "ezra", "fang", "fatima", "fatma", "federica", "felipe", "felix", "femke", "fernanda",
    "fernando", "finn", "fleur", "florian", "frances", "francesca", "francesco", "francisco",
    "francois", "francoise", "frank", "fredrik", "freja", "gabriel", "gabriela", "galina", "gary",
    "george", "gerald", "gianna", "gilles", "giovanni", "gisela", "giulia", "giuseppe", "gloria",
    "grace", "grayson", "gregory", "guillaume", "gunter", "gustav", "gustavo", "hannah", "hanne",
    "hans", "harold", "harper", "haruto", "hasan", "hassan", "hatice", "hazel", "heather", "heike",
    "helen", "helena", "helga", "helmut", "hendrik", "henrik", "henry", "hiroshi", "hong", "horst",
    "hudson", "hugo", "hui", "huseyin", "hussein", "ibrahim", "ida", "igor", "ines", "inger",
    "ingrid", "irina", "isaac", "isabel", "isabella", "isabelle", "ismail", "ivan", "jack",
    "jackson", "jacob", "jacqueline", "jacques", "jakub", "james", "jan", "jana", "janet", "janice",
    "jason", "javier", "jean", "jeffrey", "jennifer", "jens", "jeremy", "jerry", "jesse", "jessica",
    "jing", "jiri", "jiwoo", "joan", "joana", "joanna", "joao", "joe", "johan", "johanna",
    "johannes", "john", "johnny", "jonas", "jonathan", "joost", "jordan", "jorge", "jose", "josef",
    "josefa", "joseph", "joshua", "joyce", "jozef", "juan", "judith", "judy", "juhani", "jukka",
    "julia", "juliana", "julie", "julien", "jurgen", "justin", "karen", "kari", "karim", "karin",
    "karl", "katarzyna", "katherine", "kathleen", "kathryn", "katja", "katrin", "kavita", "kayla",
    "kazuo", "kees", "keiko", "keith", "kelly", "kenji", "kenneth", "kerstin", "kevin", "khaled",
    "kimberly", "kirsten", "klaus", "knut", "kristina", "krystyna", "krzysztof", "kyle", "lakshmi",
    "larissa", "larry", "lars", "laura", "lauren", "laurent", "lawrence", "layla", "lea", "lei",
    "lena", "lenka", "leo", "leon", "leticia", "levi", "li", "liam", "liisa", "lily", "linda",
    "linnea", "lisa", "logan", "lorenzo", "lori", "lotte", "louis", "luca", "lucas", "lucia",
    "lucie", "lucy", "ludmila", "luigi", "luis", "lukas", "luna", "maaike", "madison", "magdalena",
    "magnus", "maja", "malgorzata", "manfred", "manon", "manuel", "marcelo", "marcin", "marco",
    "margaret", "margareta", "margot", "maria", "mariam", "mariana", "marie", "marilyn", "marina",
    "mario", "marit", "mark", "markus", "marlene", "marta", "martha", "martin", "martina", "mary",
    "mason", "mateo", "matteo", "matthew", "matti", "maximilian", "megan", "mehmet", "melissa",
    "mercedes", "merve", "mette", "mia", "michael", "michal", "michel", "michelle", "miguel",
    "mikael", "mikhail", "mila", "min", "ming", "minjun", "mohammed", "monika", "monique", "moritz",
    "muhammad", "murat", "mustafa", "nancy", "naoko", "natalia", "natalie", "nathalie", "nathan",
    "neha", "nicholas", "nicole", "niels", "niklas", "nikolai", "nils", "noah", "noor", "nora",
    "nuno", "ole", "oleg", "olga", "oliver", "olivia", "olivier", "olof", "omar", "osman", "owen",
    "pablo", "paisley", "pamela", "paola", "pascal", "patricia", "patrick", "paul", "paula",
    "paulo", "pavel", "pawel", "pedro", "pekka", "penelope", "per", "peter", "petr", "petra",
    "philip", "philippe", "pierre", "piet", "pilar", "piotr", "pooja", "priya", "rachel", "rafael",
    "rahul", "raj", "ralph", "ramesh", "ramon", "randy", "raquel", "ravi", "raymond", "rebecca",
    "renate", "ricardo", "riccardo", "richard", "rina", "robert", "roberto", "rocio", "rodrigo",
    "roger", "rohan", "ronald", "rosa", "roy", "rui", "russell", "ruth", "ryan", "sabine", "sakura",
    "salvatore", "samantha", "samir", "samuel", "sandra", "sanjay", "sanne", "sara", "sarah",
    "scarlett", "scott", "sean", "sebastian", "sem", "seojun", "sergey", "sergio", "sharon",
    "shirley", "silke", "silvia", "simone", "skylar", "sofia", "sofie", "soojin", "sophia",
    "sophie", "sota", "stanislaw", "stefan", "stella", "stephanie", "stephen", "steven", "sunita",
    "suresh", "susan", "susanne", "sven", "svetlana", "sylvie", "takashi", "tariq", "tatiana",
    "teresa", "tereza", "terry", "theodore", "theresa", "thiago", "thierry", "thijs", "thomas",
    "tiago", "tim", "timo", "timothy", "tobias", "tom", "tomas", "tomasz", "tuula", "tyler",
    "ulrike", "ursula", "uwe", "vaclav", "valentina", "victoria", "vijay", "vikram", "vincent",
    "vincenzo", "violet", "virginia", "vitor", "vladimir", "walter", "wayne", "wei", "werner",
    "willem", "william", "willie", "wojciech", "wolfgang", "wyatt", "xin", "yan", "yasmin", "ying",
    "youssef", "yu", "yui", "yuki", "yulia", "yusuf", "yuto", "zachary", "zainab", "zdenek",
    "zeynep", "zoe", "zofia",
];

/// Large towns.
const TOWNS: &[&str] = &[
    "Amsterdam", "Athens", "Atlanta", "Auckland", "Austin", "Baltimore", "Bangalore", "Bangkok",
    "Barcelona", "Basel", "Beijing", "Belfast", "Bengaluru", "Berlin", "Bern", "Birmingham",
    "Bogotá", "Bologna", "Bonn", "Bordeaux", "Boston", "Brasília", "Bremen", "Brisbane", "Bristol",
    "Brno", "Brussels", "Bruxelles", "Bucharest", "Budapest", "Buenos Aires", "Cairo", "Calgary",
    "Cape Town", "Cardiff", "Charlotte", "Chennai", "Chicago", "Cologne", "Copenhagen", "Córdoba",
    "Curitiba", "Dallas", "Delhi", "Denver", "Detroit", "Dortmund", "Dresden", "Dubai", "Dublin",
    "Düsseldorf", "Edinburgh", "Eindhoven", "Essen", "Firenze", "Florence", "Fortaleza",
    "Frankfurt", "Gdańsk", "Geneva", "Genève", "Genova", "Glasgow", "Göteborg", "Graz",
    "Guadalajara", "Hamburg", "Hanoi", "Hannover", "Helsinki", "Hong Kong", "Houston", "Istanbul",
    "Jakarta", "Johannesburg", "Kiel", "Köln", "København", "Kraków", "Kyiv", "Kyoto", "Lagos",
    "Leeds", "Leipzig", "Lille", "Lima", "Lisboa", "Lisbon", "Liverpool", "London", "Los Angeles",
    "Lyon", "Madrid", "Málaga", "Manchester", "Manila", "Marseille", "Melbourne", "Mexico City",
    "Miami", "Milan", "Milano", "Minneapolis", "Monterrey", "Montpellier", "Montréal", "Montreal",
    "Moscow", "Mumbai", "München", "Munich", "Nagoya", "Nairobi", "Nantes", "Napoli", "New York",
    "Nice", "Nürnberg", "Osaka", "Oslo", "Ottawa", "Palermo", "Paris", "Perth", "Philadelphia",
    "Phoenix", "Portland", "Porto", "Poznań", "Prague", "Praha", "Pretoria", "Recife", "Rennes",
    "Riga", "Rio de Janeiro", "Roma", "Rome", "Rotterdam", "Salvador", "Salzburg", "San Antonio",
    "San Diego", "San Francisco", "San José", "Santiago", "São Paulo", "Seattle", "Seoul",
    "Sevilla", "Shanghai", "Sheffield", "Singapore", "Sofia", "Stockholm", "Strasbourg",
    "Stuttgart", "Sydney", "Taipei", "Tallinn", "Tampa", "Tel Aviv", "The Hague", "Tokyo", "Torino",
    "Toronto", "Toulouse", "Turin", "Utrecht", "Valencia", "Vancouver", "Vienna", "Vilnius",
    "Warsaw", "Warszawa", "Washington", "Wien", "Winnipeg", "Wrocław", "Zagreb", "Zaragoza",
    "Zürich", "Zurich",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_names_are_in_order() {
        assert!(GIVEN_NAMES.is_sorted());
        assert!(GIVEN_NAMES.iter().all(|it| it.len() <= 16));
    }

    #[test]
    fn a_known_name_weighs_more() {
        let of = |text: &str| name(&Shape::of(text.as_bytes()), 6);
        assert_eq!((of("Anna Schmidt"), of("Zork Blorg"), of("blorg")), (Some(5), Some(1), Some(0)));
        assert_eq!((of("R2D2"), of("a/b"), of("one two three four five six seven")), (None, None, None));
        assert_eq!(town(&Shape::of(b"Berlin")), Some(6));
    }

    #[test]
    fn closed_sets_hold_their_words_only() {
        assert_eq!(gender(&Shape::of("Männlich".replace("Män", "män").as_bytes())), Some(5));
        assert_eq!((gender(&Shape::of(b"green")), marital(&Shape::of(b"Married"))), (None, Some(5)));
        assert_eq!((age(&Shape::of(b"42")), age(&Shape::of(b"200"))), (Some(1), None));
    }
}
