//! A permit: the right to open one upstream exchange with exactly the head that was judged.

use bartizan_model::judged::JudgedHead;

/// Owns the judged head: who holds a permit has nothing else that could be forwarded. Its field
/// is private, and only [`decide`](crate::decide::decide) makes one.
///
/// Reading it is fine:
///
/// ```
/// use bartizan_contract::permit::Permit;
/// fn spend(permit: Permit) -> usize { permit.head().head().target().len() }
/// ```
///
/// Making one is not:
///
/// ```compile_fail,E0451
/// use bartizan_contract::permit::Permit;
/// use bartizan_model::judged::JudgedHead;
/// fn forge(head: JudgedHead) -> Permit { Permit { head } }
/// ```
///
/// Nor is making one out of another:
///
/// ```compile_fail,E0599
/// use bartizan_contract::permit::Permit;
/// fn copy(permit: &Permit) -> Permit { permit.clone() }
/// ```
#[derive(Debug)]
pub struct Permit {
    head: JudgedHead,
}

impl Permit {
    pub(crate) fn new(head: JudgedHead) -> Self {
        Self { head }
    }

    /// What may be forwarded.
    pub fn head(&self) -> &JudgedHead {
        &self.head
    }
}
