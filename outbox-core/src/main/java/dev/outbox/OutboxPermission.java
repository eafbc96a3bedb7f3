package dev.outbox;

/** What an operator may be allowed to do. None contains another. */
public enum OutboxPermission {
    /** To see states, errors and the audit trail, but no payloads. */
    OUTBOX_VIEW,
    /** To approve, discard, redrive, pause, resume and replay. */
    OUTBOX_OPERATE,
    /** To see the payload of an event, decrypted. */
    OUTBOX_DECRYPT
}
