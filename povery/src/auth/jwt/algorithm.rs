//! The algorithms of signatures: those with a public key.

use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm};

/// An algorithm that tokens may be signed with (RFC 7518, section 3.1, and RFC 8037).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JwtAlgorithm {
    /// RSA, PKCS #1 v1.5, SHA-256.
    Rs256,
    /// RSA, PKCS #1 v1.5, SHA-384.
    Rs384,
    /// RSA, PKCS #1 v1.5, SHA-512.
    Rs512,
    /// RSA, PSS, SHA-256.
    Ps256,
    /// RSA, PSS, SHA-384.
    Ps384,
    /// RSA, PSS, SHA-512.
    Ps512,
    /// ECDSA, P-256, SHA-256.
    Es256,
    /// ECDSA, P-384, SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
}

impl JwtAlgorithm {
    /// The one that a token's header names; `None` for any other, such as the symmetric ones.
    pub(super) fn of(algorithm: Algorithm) -> Option<Self> {
        Some(match algorithm {
            Algorithm::RS256 => Self::Rs256,
            Algorithm::RS384 => Self::Rs384,
            Algorithm::RS512 => Self::Rs512,
            Algorithm::PS256 => Self::Ps256,
            Algorithm::PS384 => Self::Ps384,
            Algorithm::PS512 => Self::Ps512,
            Algorithm::ES256 => Self::Es256,
            Algorithm::ES384 => Self::Es384,
            Algorithm::EdDSA => Self::EdDsa,
            _ => return None,
        })
    }

    /// Whether a key is for this algorithm: of its type and, where the key names one, of its name.
    pub(super) fn fits(self, key: &Jwk) -> bool {
        let (name, is_of_type) = match (self, &key.algorithm) {
            (Self::Rs256, AlgorithmParameters::RSA(_)) => (KeyAlgorithm::RS256, true),
            (Self::Rs384, AlgorithmParameters::RSA(_)) => (KeyAlgorithm::RS384, true),
            (Self::Rs512, AlgorithmParameters::RSA(_)) => (KeyAlgorithm::RS512, true),
            (Self::Ps256, AlgorithmParameters::RSA(_)) => (KeyAlgorithm::PS256, true),
            (Self::Ps384, AlgorithmParameters::RSA(_)) => (KeyAlgorithm::PS384, true),
            (Self::Ps512, AlgorithmParameters::RSA(_)) => (KeyAlgorithm::PS512, true),
            (Self::Es256, AlgorithmParameters::EllipticCurve(key)) => {
                (KeyAlgorithm::ES256, key.curve == EllipticCurve::P256)
            }
            (Self::Es384, AlgorithmParameters::EllipticCurve(key)) => {
                (KeyAlgorithm::ES384, key.curve == EllipticCurve::P384)
            }
            (Self::EdDsa, AlgorithmParameters::OctetKeyPair(key)) => {
                (KeyAlgorithm::EdDSA, key.curve == EllipticCurve::Ed25519)
            }
            _ => return false,
        };
        let named = key.common.key_algorithm.as_ref();
        is_of_type && named.is_none_or(|named| *named == name)
    }
}
