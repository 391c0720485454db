pub(crate) mod disclosure {
    pub(crate) enum DisclosureKind {
        StackTrace,
        SqlError,
        DebugPage,
        FilePath,
        Version,
        PrivateKey,
    }
    pub(crate) struct Disclosure {
        pub(crate) kind: DisclosureKind,
    }
    pub(crate) fn examine(_: &[u8]) -> Option<Disclosure> {
        None
    }
}
pub(crate) mod coding {
    #[derive(Debug)]
    pub(crate) struct Decoder;
    pub(crate) struct Budget {
        pub(crate) bytes_max: usize,
        pub(crate) ratio_max: usize,
    }
    impl Decoder {
        pub(crate) fn of(_: &[u8]) -> Result<Option<Self>, ()> {
            Ok(None)
        }
        pub(crate) fn push(
            &mut self,
            _: &[u8],
            _: bool,
            _: Budget,
            _: &mut Vec<u8>,
        ) -> Result<(), ()> {
            Ok(())
        }
    }
}
