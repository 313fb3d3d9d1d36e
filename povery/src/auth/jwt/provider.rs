//! The cryptography of `jsonwebtoken`: ring, which rustls has in the program anyway. It verifies, and signs nothing.

use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::signature::{Error as Refused, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};

static RING: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(ErrorKind::UnsupportedAlgorithm.into()),
    verifier_factory: |algorithm, key| {
        let key = Key::of(*algorithm, key)?;
        let algorithm = *algorithm;
        Ok(Box::new(Ring { algorithm, key }))
    },
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes ring the provider of the process, unless the application has one.
pub(super) fn install() {
    if CryptoProvider::try_get_default().is_none() {
        // Somebody may have been faster, which is as good.
        let _ = RING.install_default();
    }
}

struct Ring {
    algorithm: Algorithm,
    key: Key,
}

/// A public key, with what it verifies by.
enum Key {
    Rsa(&'static RsaParameters, RsaPublicKeyComponents<Vec<u8>>),
    Plain(UnparsedPublicKey<Vec<u8>>),
}

impl Key {
    fn of(algorithm: Algorithm, key: &DecodingKey) -> Result<Self, Error> {
        let plain = |by: &'static dyn VerificationAlgorithm| {
            let bytes = key.try_get_as_bytes()?;
            Ok(Self::Plain(UnparsedPublicKey::new(by, bytes.to_vec())))
        };
        if algorithm.family() != key.family() {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        let by = match algorithm {
            Algorithm::ES256 => return plain(&ECDSA_P256_SHA256_FIXED),
            Algorithm::ES384 => return plain(&ECDSA_P384_SHA384_FIXED),
            Algorithm::EdDSA => return plain(&ED25519),
            Algorithm::RS256 => &RSA_PKCS1_2048_8192_SHA256,
            Algorithm::RS384 => &RSA_PKCS1_2048_8192_SHA384,
            Algorithm::RS512 => &RSA_PKCS1_2048_8192_SHA512,
            Algorithm::PS256 => &RSA_PSS_2048_8192_SHA256,
            Algorithm::PS384 => &RSA_PSS_2048_8192_SHA384,
            Algorithm::PS512 => &RSA_PSS_2048_8192_SHA512,
            _ => return Err(ErrorKind::UnsupportedAlgorithm.into()),
        };
        match key.kind() {
            DecodingKeyKind::RsaModulusExponent { n, e } => {
                let (n, e) = (n.clone(), e.clone());
                Ok(Self::Rsa(by, RsaPublicKeyComponents { n, e }))
            }
            DecodingKeyKind::SecretOrDer(_) => plain(by),
        }
    }
}

impl Verifier<Vec<u8>> for Ring {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), Refused> {
        let verified = match &self.key {
            Key::Rsa(by, key) => key.verify(by, message, signature),
            Key::Plain(key) => key.verify(message, signature),
        };
        verified.map_err(|_| Refused::new())
    }
}

impl JwtVerifier for Ring {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
