//! The seeded world: who shops here, what is sold, and what was bought before the story starts.
//!
//! Reads    a seed, and nothing else.
//! Writes   a [`World`]: the truth by which customers check answers and loot is counted.
//! Memory   a few hundred small records.

use crate::seeded::Seeded;
use crate::texts::{REVIEWS, WARES};
use std::collections::BTreeSet;

const CUSTOMERS: usize = 39;
const PRODUCTS: usize = 30;

/// Everything that exists when the shop opens.
#[derive(Clone, Debug)]
pub struct World {
    /// What it was made from.
    pub seed: u64,
    /// The shop's administrator, who registered first.
    pub admin: Person,
    /// The customers, without Mallory.
    pub customers: Vec<Person>,
    /// A customer like any other, in the eyes of the shop.
    pub mallory: Person,
    /// What is sold.
    pub products: Vec<Product>,
    /// What was bought so far.
    pub orders: Vec<Order>,
    /// What was written so far.
    pub reviews: Vec<Review>,
    /// Who is logged in already.
    pub sessions: Vec<Session>,
}

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Account number; numbers follow each other.
    pub id: i64,
    /// Full name.
    pub name: String,
    /// E-mail address, unique.
    pub email: String,
    /// Postal address.
    pub address: String,
    /// Phone number, from a range reserved for fiction.
    pub phone: String,
    /// The password, in the clear: this is a vulnerable shop.
    pub password: String,
    /// Four digits that reset the password.
    pub pin: String,
    /// What the account may do.
    pub role: Role,
}

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Buy.
    Customer,
    /// See everybody.
    Admin,
}

impl Role {
    /// As the shop stores it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Admin => "admin",
        }
    }
}

/// Something sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Article number; numbers follow each other.
    pub id: i64,
    /// Name, unique.
    pub name: String,
    /// Price in cents.
    pub price_cents: i64,
    /// One line about it.
    pub description: String,
}

/// Something bought, one article per order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Order number; numbers follow each other.
    pub id: i64,
    /// Who bought.
    pub customer_id: i64,
    /// What.
    pub product_id: i64,
    /// How many.
    pub quantity: i64,
}

/// An opinion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Number; numbers follow each other.
    pub id: i64,
    /// About what.
    pub product_id: i64,
    /// The author's name.
    pub author: String,
    /// What they wrote.
    pub text: String,
}

/// Somebody who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The bearer token.
    pub token: String,
    /// Whose it is.
    pub person_id: i64,
}

impl World {
    /// The world that grows from `seed`.
    pub fn from_seed(seed: u64) -> Self {
        let mut seeded = Seeded::new(seed);
        let mut registry = Registry::starting(&mut seeded);
        let admin = registry.admin(&mut seeded);
        let customers: Vec<_> = (0..CUSTOMERS).map(|_| registry.customer(&mut seeded)).collect();
        let mallory = registry.mallory(&mut seeded);
        let products = products(&mut seeded);
        let orders = orders(&mut seeded, &customers, &products);
        let reviews = reviews(&mut seeded, &customers, &products);
        let sessions = sessions(&mut seeded, &customers);
        Self { seed, admin, customers, mallory, products, orders, reviews, sessions }
    }

    /// Everybody with an account, in the order in which they registered.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        std::iter::once(&self.admin).chain(&self.customers).chain(std::iter::once(&self.mallory))
    }

    /// Everybody but Mallory: the people whose data is none of her business.
    pub fn others(&self) -> impl Iterator<Item = &Person> {
        std::iter::once(&self.admin).chain(&self.customers)
    }
}

/// A bearer token of the shop.
pub(crate) fn token(seeded: &mut Seeded) -> String {
    format!("{:016x}{:016x}", seeded.draw(), seeded.draw())
}

const FIRST: [&str; 24] = [
    "Alice", "Bruno", "Chiara", "David", "Emine", "Farid", "Grace", "Hiro", "Ines", "Jonas",
    "Kofi", "Lena", "Mateo", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Siobhan", "Tariq",
    "Uma", "Viktor", "Wanda", "Yusuf",
];
const LAST: [&str; 20] = [
    "O'Neil",
    "Weber",
    "Rossi",
    "Smith",
    "D'Angelo",
    "Haddad",
    "Okafor",
    "Tanaka",
    "Silva",
    "Larsen",
    "Mensah",
    "Novak",
    "Garcia",
    "Ivanova",
    "Lindqvist",
    "Patel",
    "Dubois",
    "O'Brien",
    "Kaya",
    "Select",
];
const DOMAINS: [&str; 3] = ["example.com", "example.org", "example.net"];
const STREETS: [&str; 8] = [
    "Harbour Road",
    "Königstraße",
    "Rue de l'Église",
    "Mill Lane",
    "Via Roma",
    "King's Parade",
    "Union Street",
    "Table Mountain Drive",
];
const CITIES: [&str; 6] = ["Bristol", "Köln", "Lyon", "Torino", "Malmö", "Cape Town"];
const WORDS: [&str; 16] = [
    "teapot", "lantern", "harbour", "violet", "copper", "meadow", "pepper", "saddle", "walnut",
    "zephyr", "marble", "cobalt", "thimble", "orchid", "gravel", "bonnet",
];
const MARKS: [&str; 6] = ["!", "#", "--", "?", "%", "&"];
const LOOKS: [&str; 10] = [
    "Blue",
    "Quiet",
    "Folding",
    "Enamel",
    "Heavy",
    "Tiny",
    "Striped",
    "Second-hand",
    "Oak",
    "Wool",
];
const THINGS: [&str; 12] = [
    "kettle", "blanket", "lamp", "notebook", "umbrella", "stool", "teapot", "scarf", "clock",
    "basket", "radio", "knife",
];

/// Hands out account numbers and unique e-mail addresses.
struct Registry {
    next_id: i64,
    emails: BTreeSet<String>,
}

impl Registry {
    fn starting(seeded: &mut Seeded) -> Self {
        Self { next_id: seeded.between(11, 9_000), emails: BTreeSet::new() }
    }

    fn admin(&mut self, seeded: &mut Seeded) -> Person {
        let name = seeded.pick(&FIRST);
        self.register(seeded, &format!("{name} Shopkeeper"), Role::Admin)
    }

    fn customer(&mut self, seeded: &mut Seeded) -> Person {
        let name = format!("{} {}", seeded.pick(&FIRST), seeded.pick(&LAST));
        self.register(seeded, &name, Role::Customer)
    }

    fn mallory(&mut self, seeded: &mut Seeded) -> Person {
        let last = seeded.pick(&LAST);
        self.register(seeded, &format!("Mallory {last}"), Role::Customer)
    }

    fn register(&mut self, seeded: &mut Seeded, name: &str, role: Role) -> Person {
        let id = self.next_id;
        self.next_id += 1;
        Person {
            id,
            name: name.to_owned(),
            email: self.email(seeded, name),
            address: address(seeded),
            phone: format!("+1 555 01{:02}", seeded.below(100)),
            password: format!("{}{id}{}", seeded.pick(&WORDS), seeded.pick(&MARKS)),
            pin: format!("{:04}", seeded.below(10_000)),
            role,
        }
    }

    /// `first.last@…`, with a number behind it if somebody has that already. Apostrophes stay: they
    /// are legal in addresses, and people have them.
    fn email(&mut self, seeded: &mut Seeded, name: &str) -> String {
        let local = name.to_lowercase().replace(' ', ".");
        let domain = seeded.pick(&DOMAINS);
        let mut email = format!("{local}@{domain}");
        let mut number = 1;
        while !self.emails.insert(email.clone()) {
            number += 1;
            email = format!("{local}{number}@{domain}");
        }
        email
    }
}

fn address(seeded: &mut Seeded) -> String {
    format!("{} {}, {}", seeded.between(1, 199), seeded.pick(&STREETS), seeded.pick(&CITIES))
}

fn products(seeded: &mut Seeded) -> Vec<Product> {
    let mut names: Vec<String> = WARES.iter().map(|&ware| ware.to_owned()).collect();
    while names.len() < PRODUCTS {
        let name = format!("{} {}", seeded.pick(&LOOKS), seeded.pick(&THINGS));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    seeded.shuffle(&mut names);
    (seeded.between(100, 5_000)..).zip(names).map(|(id, name)| product(seeded, id, name)).collect()
}

fn product(seeded: &mut Seeded, id: i64, name: String) -> Product {
    let price_cents = seeded.between(199, 19_999);
    let description = format!("{name}, from our {} range", seeded.pick(&WORDS));
    Product { id, name, price_cents, description }
}

fn orders(seeded: &mut Seeded, customers: &[Person], products: &[Product]) -> Vec<Order> {
    let mut orders = Vec::new();
    let first = seeded.between(1_000, 90_000);
    for id in first..first + seeded.between(50, 90) {
        if let Some((customer, product)) = somebody_and_something(seeded, customers, products) {
            let (customer_id, product_id) = (customer.id, product.id);
            orders.push(Order { id, customer_id, product_id, quantity: seeded.between(1, 4) });
        }
    }
    orders
}

fn reviews(seeded: &mut Seeded, customers: &[Person], products: &[Product]) -> Vec<Review> {
    let mut reviews = Vec::new();
    let first = seeded.between(1, 900);
    for id in first..first + seeded.between(15, 30) {
        if let Some((customer, product)) = somebody_and_something(seeded, customers, products) {
            let text = seeded.pick(&REVIEWS).to_owned();
            let (author, product_id) = (customer.name.clone(), product.id);
            reviews.push(Review { id, product_id, author, text });
        }
    }
    reviews
}

fn somebody_and_something<'a>(
    seeded: &mut Seeded,
    customers: &'a [Person],
    products: &'a [Product],
) -> Option<(&'a Person, &'a Product)> {
    let customer = customers.get(seeded.below(customers.len()))?;
    let product = products.get(seeded.below(products.len()))?;
    Some((customer, product))
}

fn sessions(seeded: &mut Seeded, customers: &[Person]) -> Vec<Session> {
    let logged_in = |person: &Person| Session { token: token(seeded), person_id: person.id };
    customers.iter().step_by(7).map(logged_in).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_grows_the_same_world() {
        let (one, other) = (World::from_seed(7), World::from_seed(7));
        assert_eq!(one.customers, other.customers);
        assert_eq!(one.orders, other.orders);
    }

    #[test]
    fn another_seed_grows_other_people_wares_and_orders() {
        let worlds = [1, 2, 3].map(World::from_seed);
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            let (one, other) = (&worlds[one], &worlds[other]);
            assert_ne!(one.customers, other.customers);
            assert_ne!(one.admin.id, other.admin.id);
            assert_ne!(one.products, other.products);
            assert_ne!(one.orders, other.orders);
        }
    }

    #[test]
    fn nobody_shares_an_address_a_number_or_a_password() {
        for seed in 0..50 {
            let world = World::from_seed(seed);
            let count = world.people().count();
            assert_eq!(count, CUSTOMERS + 2);
            for key in [|it: &Person| it.email.clone(), |it: &Person| it.password.clone()] {
                assert_eq!(world.people().map(key).collect::<BTreeSet<_>>().len(), count);
            }
            assert_eq!(world.people().map(|it| it.id).collect::<BTreeSet<_>>().len(), count);
        }
    }
}
