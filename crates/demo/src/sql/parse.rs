//! Tokens to statements, by recursive descent.
//!
//! Memory   nesting and nodes are counted while parsing, so that neither parsing nor evaluating nor
//!          dropping what was parsed can exhaust the stack.

use super::grammar::{Core, Expression, Item, Operator, Order, OrderBy, Select, Statement, Union};
use super::token::{Sign, Token, tokens};
use super::{Limits, SqlError, Value};

/// Words that are no column names unless quoted.
const RESERVED: [&str; 25] = [
    "ALL", "AND", "AS", "ASC", "BY", "DELETE", "DESC", "DISTINCT", "DROP", "FROM", "IN", "INSERT",
    "INTO", "IS", "LIKE", "LIMIT", "NOT", "OR", "ORDER", "SELECT", "SET", "UNION", "UPDATE",
    "VALUES", "WHERE",
];

/// The statements of `text`.
pub(super) fn statements(text: &str, limits: Limits) -> Result<Vec<Statement>, SqlError> {
    let tokens = tokens(text, limits)?;
    let mut parser = Parser { tokens, at: 0, nesting: 0, nodes: 0, parameters: 0, limits };
    let mut statements = Vec::new();
    loop {
        while parser.accept(Sign::Semicolon) {}
        if parser.peek().is_none() {
            return Ok(statements);
        }
        parser.count_node()?;
        statements.push(parser.statement()?);
        if parser.peek().is_some() && !parser.accept(Sign::Semicolon) {
            return parser.unexpected();
        }
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    nesting: usize,
    nodes: usize,
    parameters: usize,
    limits: Limits,
}

/// Statements.
impl Parser {
    fn statement(&mut self) -> Result<Statement, SqlError> {
        if self.accept_word("SELECT") {
            self.select().map(Statement::Select)
        } else if self.accept_word("INSERT") {
            self.insert()
        } else if self.accept_word("UPDATE") {
            self.update()
        } else if self.accept_word("DELETE") {
            self.delete()
        } else if self.accept_word("DROP") {
            self.expect_word("TABLE")?;
            Ok(Statement::Drop { table: self.name()? })
        } else {
            self.unexpected()
        }
    }

    fn select(&mut self) -> Result<Select, SqlError> {
        let first = self.core()?;
        let mut unions = Vec::new();
        while self.accept_word("UNION") {
            let all = self.accept_word("ALL");
            self.expect_word("SELECT")?;
            self.count_node()?;
            unions.push(Union { all, core: self.core()? });
        }
        let order = self.order()?;
        let limit = if self.accept_word("LIMIT") { Some(self.count()?) } else { None };
        Ok(Select { first, unions, order, limit })
    }

    fn core(&mut self) -> Result<Core, SqlError> {
        let distinct = self.accept_word("DISTINCT");
        let items = self.list(Self::item)?;
        let table = if self.accept_word("FROM") { Some(self.name()?) } else { None };
        let condition = self.condition()?;
        Ok(Core { distinct, items, table, condition })
    }

    fn item(&mut self) -> Result<Item, SqlError> {
        if self.accept(Sign::Star) {
            return Ok(Item::AllColumns);
        }
        let expression = self.expression()?;
        let name = match &expression {
            _ if self.accept_word("AS") => self.name()?,
            Expression::Column(name) => name.clone(),
            Expression::Literal(_)
            | Expression::Parameter(_)
            | Expression::Not(_)
            | Expression::Negative(_)
            | Expression::IsNull(_)
            | Expression::In(..)
            | Expression::Binary(..) => String::from("expression"),
        };
        Ok(Item::One { expression, name })
    }

    fn order(&mut self) -> Result<Vec<Order>, SqlError> {
        if !self.accept_word("ORDER") {
            return Ok(Vec::new());
        }
        self.expect_word("BY")?;
        self.list(|parser| {
            let number = matches!(parser.peek(), Some(Token::Number(_)));
            let by = if number {
                OrderBy::Number(parser.count()?)
            } else {
                OrderBy::Name(parser.name()?)
            };
            let ascending = parser.accept_word("ASC");
            Ok(Order { by, descending: !ascending && parser.accept_word("DESC") })
        })
    }

    fn insert(&mut self) -> Result<Statement, SqlError> {
        self.expect_word("INTO")?;
        let table = self.name()?;
        let columns = self.in_parentheses(Self::name)?;
        self.expect_word("VALUES")?;
        let values = self.in_parentheses(Self::expression)?;
        Ok(Statement::Insert { table, columns, values })
    }

    fn update(&mut self) -> Result<Statement, SqlError> {
        let table = self.name()?;
        self.expect_word("SET")?;
        let changes = self.list(|parser| {
            let column = parser.name()?;
            parser.expect(Sign::Equal)?;
            Ok((column, parser.expression()?))
        })?;
        Ok(Statement::Update { table, changes, condition: self.condition()? })
    }

    fn delete(&mut self) -> Result<Statement, SqlError> {
        self.expect_word("FROM")?;
        Ok(Statement::Delete { table: self.name()?, condition: self.condition()? })
    }

    fn condition(&mut self) -> Result<Option<Expression>, SqlError> {
        if self.accept_word("WHERE") { self.expression().map(Some) } else { Ok(None) }
    }
}

/// Expressions, from the loosest operator to the tightest.
impl Parser {
    fn expression(&mut self) -> Result<Expression, SqlError> {
        self.nested(Self::disjunction)
    }

    fn disjunction(&mut self) -> Result<Expression, SqlError> {
        self.chain(Self::conjunction, |parser| parser.accept_word("OR").then_some(Operator::Or))
    }

    fn conjunction(&mut self) -> Result<Expression, SqlError> {
        self.chain(Self::negation, |parser| parser.accept_word("AND").then_some(Operator::And))
    }

    fn negation(&mut self) -> Result<Expression, SqlError> {
        if self.accept_word("NOT") {
            self.count_node()?;
            let inner = self.nested(Self::negation)?;
            return Ok(Expression::Not(Box::new(inner)));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Expression, SqlError> {
        let mut left = self.sum()?;
        loop {
            let (next, more) = self.comparison_with(left)?;
            left = next;
            if !more {
                return Ok(left);
            }
        }
    }

    /// `left` with the comparison that follows it, if one does.
    fn comparison_with(&mut self, left: Expression) -> Result<(Expression, bool), SqlError> {
        if let Some(operator) = self.accept_comparison() {
            self.count_node()?;
            return Ok((binary(left, operator, self.sum()?), true));
        }
        if self.accept_word("IS") {
            self.count_node()?;
            let negated = self.accept_word("NOT");
            self.expect_word("NULL")?;
            return Ok((negated_if(negated, Expression::IsNull(Box::new(left))), true));
        }
        let negated = self.accept_word("NOT");
        if self.accept_word("LIKE") {
            self.count_node()?;
            let right = self.sum()?;
            return Ok((negated_if(negated, binary(left, Operator::Like, right)), true));
        }
        if self.accept_word("IN") {
            self.count_node()?;
            let list = self.in_parentheses(Self::expression)?;
            return Ok((negated_if(negated, Expression::In(Box::new(left), list)), true));
        }
        if negated { self.unexpected() } else { Ok((left, false)) }
    }

    fn sum(&mut self) -> Result<Expression, SqlError> {
        self.chain(Self::product, |parser| {
            parser.accept_one(&[(Sign::Plus, Operator::Add), (Sign::Minus, Operator::Subtract)])
        })
    }

    fn product(&mut self) -> Result<Expression, SqlError> {
        self.chain(Self::concatenation, |parser| {
            parser.accept_one(&[
                (Sign::Star, Operator::Multiply),
                (Sign::Slash, Operator::Divide),
                (Sign::Percent, Operator::Remainder),
            ])
        })
    }

    fn concatenation(&mut self) -> Result<Expression, SqlError> {
        self.chain(Self::operand, |parser| {
            parser.accept_one(&[(Sign::Concatenate, Operator::Concatenate)])
        })
    }

    fn operand(&mut self) -> Result<Expression, SqlError> {
        self.count_node()?;
        if self.accept(Sign::Minus) {
            let inner = self.nested(Self::operand)?;
            return Ok(Expression::Negative(Box::new(inner)));
        }
        if self.accept(Sign::Plus) {
            return self.nested(Self::operand);
        }
        if self.accept(Sign::Open) {
            let inner = self.expression()?;
            self.expect(Sign::Close)?;
            return Ok(inner);
        }
        if self.accept(Sign::Parameter) {
            self.parameters += 1;
            return Ok(Expression::Parameter(self.parameters - 1));
        }
        self.literal_or_column()
    }

    fn literal_or_column(&mut self) -> Result<Expression, SqlError> {
        let literal = match self.peek() {
            Some(Token::Number(number)) => Value::Integer(*number),
            Some(Token::Text(text)) => Value::Text(text.clone()),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("NULL") => Value::Null,
            Some(Token::Word(_) | Token::Name(_)) => return self.name().map(Expression::Column),
            Some(Token::Sign(_)) | None => return self.unexpected(),
        };
        self.at += 1;
        Ok(Expression::Literal(literal))
    }

    /// `part`, then any number of operators with another `part` each, grouped from the left.
    fn chain(
        &mut self,
        part: fn(&mut Self) -> Result<Expression, SqlError>,
        operator: fn(&mut Self) -> Option<Operator>,
    ) -> Result<Expression, SqlError> {
        let mut left = part(self)?;
        while let Some(operator) = operator(self) {
            self.count_node()?;
            left = binary(left, operator, part(self)?);
        }
        Ok(left)
    }

    fn accept_comparison(&mut self) -> Option<Operator> {
        self.accept_one(&[
            (Sign::Equal, Operator::Equal),
            (Sign::Differs, Operator::Differs),
            (Sign::Less, Operator::Less),
            (Sign::LessOrEqual, Operator::LessOrEqual),
            (Sign::Greater, Operator::Greater),
            (Sign::GreaterOrEqual, Operator::GreaterOrEqual),
        ])
    }
}

/// Steps over tokens, and limits.
impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn unexpected<T>(&self) -> Result<T, SqlError> {
        Err(SqlError::Unexpected { token: self.at })
    }

    fn accept(&mut self, sign: Sign) -> bool {
        let found = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(found);
        found
    }

    fn accept_one(&mut self, signs: &[(Sign, Operator)]) -> Option<Operator> {
        signs.iter().find(|(sign, _)| self.accept(*sign)).map(|&(_, operator)| operator)
    }

    fn expect(&mut self, sign: Sign) -> Result<(), SqlError> {
        if self.accept(sign) { Ok(()) } else { self.unexpected() }
    }

    fn accept_word(&mut self, wanted: &str) -> bool {
        let found =
            matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(wanted));
        self.at += usize::from(found);
        found
    }

    fn expect_word(&mut self, wanted: &str) -> Result<(), SqlError> {
        if self.accept_word(wanted) { Ok(()) } else { self.unexpected() }
    }

    fn name(&mut self) -> Result<String, SqlError> {
        let reserved = |word: &str| RESERVED.iter().any(|it| it.eq_ignore_ascii_case(word));
        let name = match self.peek() {
            Some(Token::Word(word)) if !reserved(word) => word.to_lowercase(),
            Some(Token::Name(name)) => name.to_lowercase(),
            Some(Token::Word(_) | Token::Text(_) | Token::Number(_) | Token::Sign(_)) | None => {
                return self.unexpected();
            }
        };
        self.at += 1;
        Ok(name)
    }

    fn count(&mut self) -> Result<usize, SqlError> {
        let Some(&Token::Number(number)) = self.peek() else { return self.unexpected() };
        self.at += 1;
        usize::try_from(number).map_err(|_| SqlError::NumberTooLarge)
    }

    fn list<T>(
        &mut self,
        part: impl Fn(&mut Self) -> Result<T, SqlError>,
    ) -> Result<Vec<T>, SqlError> {
        let mut parts = vec![part(self)?];
        while self.accept(Sign::Comma) {
            self.count_node()?;
            parts.push(part(self)?);
        }
        Ok(parts)
    }

    fn in_parentheses<T>(
        &mut self,
        part: fn(&mut Self) -> Result<T, SqlError>,
    ) -> Result<Vec<T>, SqlError> {
        self.expect(Sign::Open)?;
        let parts = self.list(part)?;
        self.expect(Sign::Close)?;
        Ok(parts)
    }

    fn nested(
        &mut self,
        part: fn(&mut Self) -> Result<Expression, SqlError>,
    ) -> Result<Expression, SqlError> {
        self.nesting += 1;
        if self.nesting > self.limits.nesting_max {
            return Err(SqlError::TooDeep);
        }
        let expression = part(self)?;
        self.nesting -= 1;
        Ok(expression)
    }

    fn count_node(&mut self) -> Result<(), SqlError> {
        self.nodes += 1;
        if self.nodes > self.limits.nodes_max { Err(SqlError::TooManyNodes) } else { Ok(()) }
    }
}

fn binary(left: Expression, operator: Operator, right: Expression) -> Expression {
    Expression::Binary(Box::new(left), operator, Box::new(right))
}

fn negated_if(negated: bool, expression: Expression) -> Expression {
    if negated { Expression::Not(Box::new(expression)) } else { expression }
}
