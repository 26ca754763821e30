//! Numbers for values, so that a state is a few numbers.

use std::collections::HashMap;
use std::hash::Hash;
use std::rc::Rc;

pub struct Interner<T> {
    numbers: HashMap<Rc<T>, u32>,
    values: Vec<Rc<T>>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Self {
            numbers: HashMap::new(),
            values: Vec::new(),
        }
    }
}

impl<T: Eq + Hash> Interner<T> {
    /// The number of this value. Equal values have the same.
    pub fn number(&mut self, value: T) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        let number = u32::try_from(self.values.len()).unwrap();
        let value = Rc::new(value);
        self.values.push(Rc::clone(&value));
        self.numbers.insert(value, number);
        number
    }

    pub fn get(&self, number: u32) -> &Rc<T> {
        &self.values[number as usize]
    }
}
