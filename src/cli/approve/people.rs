//! Who decides: whoever the key stands for, in the role that is asked.

use ssh_key::PublicKey;

use super::args::SigningArgs;
use super::deciding::Refusal;
use super::looking::Looked;
use crate::cli::exit::Exit;
use crate::store::public_key_of;

/// Who somebody may be: who they say they are, or whoever the key stands for.
pub(super) fn people(looked: &Looked, signing: &SigningArgs) -> Result<Vec<String>, Refusal> {
    let rules = &looked.prepared.documents.gates;
    if let Some(by) = &signing.by {
        return Ok(vec![rules.principal(by)]);
    }
    let fault = |message: String| (message, Exit::Findings);
    let text = public_key_of(&signing.key).map_err(|error| fault(format!("{error:#}")))?;
    let key = PublicKey::from_openssh(&text)
        .map_err(|error| fault(format!("{} is no public key: {error}", signing.key.display())))?;
    let lines = looked.gates.keys.0.0.iter().filter(|one| one.key.key_data() == key.key_data());
    let names: Vec<String> =
        lines.flat_map(|one| one.principals.iter().map(|one| rules.principal(one))).collect();
    if names.iter().any(|one| one.contains(['*', '?', '!'])) {
        let message = "the key stands for whoever fits a pattern: say who you are with --by";
        return Err((message.to_owned(), Exit::Usage));
    }
    if names.is_empty() {
        return Err(fault(format!(
            "{} is nobody's key in rules/allowed_signers: add a line for it, and have it reviewed",
            signing.key.display()
        )));
    }
    Ok(names)
}

/// Of the people that one key stands for, the one who may decide for a role; the first where there
/// are several.
pub(super) fn person_for(looked: &Looked, people: &[String], role: &str) -> String {
    let may = looked.prepared.documents.gates.principals(role);
    let able = people.iter().find(|one| may.contains(one));
    able.or(people.first()).cloned().unwrap_or_default()
}
