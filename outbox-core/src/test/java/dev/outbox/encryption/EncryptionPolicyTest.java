package dev.outbox.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.InvalidOutboxMessageException;
import dev.outbox.OutboxMessage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EncryptionPolicyTest {
    private static final Map<String, Boolean> TYPES = Map.of("Secret", true, "Open", false);

    private final PayloadCipher cipher = new PayloadCipher(new KeysInMemory(null, List.of()));

    @Test
    void a_type_is_encrypted_as_it_is_said_and_the_others_as_all() {
        EncryptionPolicy most = EncryptionPolicy.of(cipher, TYPES, true);
        EncryptionPolicy few = EncryptionPolicy.of(cipher, TYPES, false);
        assertThat(most.cipherFor(message("Secret"))).isSameAs(cipher);
        assertThat(most.cipherFor(message("Open"))).isNull();
        assertThat(most.cipherFor(message("Other"))).isSameAs(cipher);
        assertThat(few.cipherFor(message("Secret"))).isSameAs(cipher);
        assertThat(few.cipherFor(message("Open"))).isNull();
        assertThat(few.cipherFor(message("Other"))).isNull();
        assertThat(EncryptionPolicy.everything(cipher).cipherFor(message("Open")))
                .isSameAs(cipher);
    }

    @Test
    void it_tells_whether_any_type_is_encrypted() {
        assertThat(EncryptionPolicy.of(cipher, Map.of(), true).encryptsSomeTypes())
                .isTrue();
        assertThat(EncryptionPolicy.of(cipher, TYPES, false).encryptsSomeTypes())
                .isTrue();
        assertThat(EncryptionPolicy.of(cipher, Map.of("Open", false), false).encryptsSomeTypes())
                .isFalse();
        assertThat(EncryptionPolicy.off().encryptsSomeTypes()).isFalse();
    }

    @Test
    void what_says_itself_that_it_has_to_be_is_encrypted_in_any_case() {
        EncryptionPolicy none = EncryptionPolicy.of(cipher, TYPES, false);
        assertThat(none.cipherFor(message("Open").encrypted())).isSameAs(cipher);
        assertThat(none.cipherFor(message("Open")
                        .encrypted()
                        .header("a", "b")
                        .version(1)
                        .topic("t")
                        .contentType("c")))
                .as("and does not forget it")
                .isSameAs(cipher);
    }

    @Test
    void what_has_to_be_encrypted_is_refused_where_encryption_is_off() {
        assertThat(EncryptionPolicy.off().cipherFor(message("Secret"))).isNull();
        assertThatThrownBy(
                        () -> EncryptionPolicy.off().cipherFor(message("Secret").encrypted()))
                .isInstanceOf(InvalidOutboxMessageException.class)
                .hasMessage(
                        "The payload of OutboxMessage[Secret of Order 1] has to be encrypted, but encryption is off."
                                + " Set outbox.encryption.enabled=true and give it keys, or publish the event without encrypted.");
    }

    private static OutboxMessage message(String type) {
        return OutboxMessage.of("Order", "1", type, "body");
    }
}
