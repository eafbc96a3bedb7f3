/**
 * Encryption of payloads: in the caller's transaction before an event is stored, and at the consumer before it is handled. What lies between sees
 * ciphertext only. The one package that knows Bouncy Castle, which is on the class path only where encryption is on.
 */
@NullMarked
package dev.outbox.encryption;

import org.jspecify.annotations.NullMarked;
