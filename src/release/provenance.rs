//! Where a release came from: an in-toto Statement v1 with SLSA provenance v1, in a DSSE envelope,
//! signed with an OpenSSH key.
//!
//! Formats: in-toto/attestation `spec/v1/statement.md`, slsa-framework/slsa `build-provenance.md`,
//! secure-systems-lab/dsse `protocol.md`. The statement names the manifest and the root; each
//! artifact is below the root.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use ssh_key::{Algorithm, HashAlg, PrivateKey, Signature, SigningKey};

use super::{Signers, canonical};
use crate::manifest::Manifest;
use crate::model::{Digest, base64, from_base64};

/// The type of the payload.
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://slsa.dev/provenance/v1";
const BUILD: &str = "https://throughline.dev/build/v1";

/// What the provenance of a release says besides what the manifest says.
#[derive(Clone, Debug)]
pub struct Provenance<'a> {
    /// Digest of the manifest's bytes.
    pub manifest: Digest,
    /// Who builds, as a URI.
    pub builder: &'a str,
    /// The version of throughline.
    pub version: &'a str,
    /// The id of the run.
    pub run: &'a str,
    /// When the run began and when it had sealed everything, RFC 3339.
    pub times: (&'a str, &'a str),
    /// Other documents of the release, by name.
    pub byproducts: &'a [(&'a str, Digest)],
}

/// The statement as bytes. Keys are in order, as `serde_json` keeps maps.
pub fn statement(manifest: &Manifest, of: &Provenance<'_>) -> Vec<u8> {
    let sha256 = |digest: &str| json!({ "sha256": digest });
    let named = |name: &str, digest: &str| json!({ "name": name, "digest": sha256(digest) });
    let sources: Vec<Value> =
        manifest.sources.iter().map(|one| named(&one.path, &one.sha256)).collect();
    let byproducts: Vec<Value> =
        of.byproducts.iter().map(|(name, digest)| named(name, &digest.hex())).collect();
    let selection = manifest.selection.as_ref();
    let selection = selection.map(|one| json!({ "only": one.only, "exclude": one.exclude }));
    let (started, finished) = of.times;
    let document = json!({
        "_type": STATEMENT,
        "subject": [
            named("manifest.json", &of.manifest.hex()),
            named("root", &manifest.root.hash),
        ],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD,
                "externalParameters": {
                    "workspace": manifest.workspace,
                    "as_of": manifest.as_of,
                    "selection": selection,
                },
                "internalParameters": { "engine_epoch": manifest.engine_epoch },
                "resolvedDependencies": sources,
            },
            "runDetails": {
                "builder": { "id": of.builder, "version": { "throughline": of.version } },
                "metadata": {
                    "invocationId": of.run,
                    "startedOn": started,
                    "finishedOn": finished,
                },
                "byproducts": byproducts,
            },
        },
    });
    serde_json::to_vec(&document).unwrap_or_default()
}

/// A statement and its signatures. Fields stand in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvelopeSignature {
    /// A hint, and never more: who signed is found out with the keys.
    #[serde(default)]
    keyid: String,
    sig: String,
}

/// Why a key cannot sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SigningFault {
    /// It is no OpenSSH private key.
    NoKey(String),
    /// A passphrase is on it.
    Encrypted,
    /// It is of another kind, which is named.
    Kind(String),
}

impl fmt::Display for SigningFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKey(why) => write!(formatter, "it is no OpenSSH private key: {why}"),
            Self::Encrypted => formatter.write_str(
                "it has a passphrase, which nobody can be asked for here: sign with a key without \
                 one, which only this job can read",
            ),
            Self::Kind(kind) => write!(
                formatter,
                "it is a key of the kind {kind}: make one with `ssh-keygen -t ed25519`"
            ),
        }
    }
}

/// A key that signs. It is never shown.
pub struct Signer(PrivateKey);

impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Signer({})", self.fingerprint())
    }
}

impl Signer {
    /// Reads an OpenSSH private key.
    ///
    /// # Errors
    /// Where it cannot sign.
    pub fn read(text: &[u8]) -> Result<Self, SigningFault> {
        let key = PrivateKey::from_openssh(text)
            .map_err(|error| SigningFault::NoKey(error.to_string()))?;
        if key.is_encrypted() {
            return Err(SigningFault::Encrypted);
        }
        if key.algorithm() != Algorithm::Ed25519 {
            return Err(SigningFault::Kind(key.algorithm().to_string()));
        }
        Ok(Self(key))
    }

    /// How people tell the key from others: `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }

    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        raw_signature(&self.0, message)
    }
}

/// The bound brings the method of the trait that is not named here.
fn raw_signature<K: SigningKey>(key: &K, message: &[u8]) -> Option<Vec<u8>> {
    let signature: Signature = key.try_sign(message).ok()?;
    Some(signature.as_bytes().to_vec())
}

/// Why no signature of an envelope counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureFault {
    /// It is no envelope of a statement.
    NoEnvelope(String),
    /// Nobody signed it.
    Unsigned,
    /// Nobody who may sign did.
    NobodyKnown,
}

impl fmt::Display for SignatureFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEnvelope(why) => write!(formatter, "it is no signed statement: {why}"),
            Self::Unsigned => formatter.write_str("nobody signed it"),
            Self::NobodyKnown => formatter.write_str("no signature is of a key that may sign now"),
        }
    }
}

impl Envelope {
    /// Puts a statement into an envelope, signed where there is a key.
    pub fn seal(statement: &[u8], signer: Option<&Signer>) -> Self {
        let message = pre_authentication(PAYLOAD_TYPE, statement);
        let signature = signer.and_then(|signer| {
            let sig = base64(&signer.sign(&message)?);
            Some(EnvelopeSignature { keyid: signer.fingerprint(), sig })
        });
        Self {
            payload: base64(statement),
            payload_type: PAYLOAD_TYPE.to_owned(),
            signatures: signature.into_iter().collect(),
        }
    }

    /// One line of JSON Lines, which is how bundles are written.
    pub fn to_line(&self) -> Vec<u8> {
        canonical(self)
    }

    /// Reads a bundle of one envelope and the statement in it. Nothing of it is believed yet.
    ///
    /// # Errors
    /// Where it is none.
    pub fn read(bytes: &[u8]) -> Result<(Self, Vec<u8>), SignatureFault> {
        let none = |why: &str| SignatureFault::NoEnvelope(why.to_owned());
        let one: Self = serde_json::from_slice(bytes).map_err(|error| none(&error.to_string()))?;
        if one.payload_type != PAYLOAD_TYPE {
            return Err(none("its payload is of another type"));
        }
        let statement =
            from_base64(&one.payload).ok_or_else(|| none("its payload is no base64"))?;
        Ok((one, statement))
    }

    /// Who signed a statement about a manifest: a name of `signers`, for whom a signature holds.
    ///
    /// # Errors
    /// Where nobody who may has signed it, or it is about something else.
    pub fn signed_by(
        bytes: &[u8],
        signers: &Signers,
        about: (&Digest, &Digest),
    ) -> Result<String, SignatureFault> {
        let (envelope, statement) = Self::read(bytes)?;
        if envelope.signatures.is_empty() {
            return Err(SignatureFault::Unsigned);
        }
        // The same bytes that were checked are the ones that are read.
        let message = pre_authentication(&envelope.payload_type, &statement);
        let signatures = envelope.signatures.iter().filter_map(|one| from_base64(&one.sig));
        let mut names = signatures.filter_map(|sig| signers.who(&message, &sig));
        let name = names.next().ok_or(SignatureFault::NobodyKnown)?;
        let other = || SignatureFault::NoEnvelope("it is about another release".to_owned());
        is_about(&statement, about).then_some(name).ok_or_else(other)
    }
}

/// What is signed (DSSE, `PAE`).
fn pre_authentication(kind: &str, body: &[u8]) -> Vec<u8> {
    let mut message = format!("DSSEv1 {} {kind} {} ", kind.len(), body.len()).into_bytes();
    message.extend_from_slice(body);
    message
}

/// Whether a statement's subjects are a manifest and a root.
fn is_about(statement: &[u8], (manifest, root): (&Digest, &Digest)) -> bool {
    let Ok(document) = serde_json::from_slice::<Value>(statement) else { return false };
    let of = |name: &str| {
        let mut subjects = document.get("subject")?.as_array()?.iter();
        let one = subjects.find(|one| one.get("name").and_then(Value::as_str) == Some(name))?;
        one.get("digest")?.get("sha256")?.as_str()
    };
    let text = |key: &str| document.get(key).and_then(Value::as_str);
    text("_type") == Some(STATEMENT)
        && text("predicateType") == Some(PREDICATE)
        && of("manifest.json") == Some(manifest.hex().as_str())
        && of("root") == Some(root.hex().as_str())
}
