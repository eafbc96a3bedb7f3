package dev.outbox.encryption;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.spi.EncryptionKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeysInMemoryTest {
    private static final byte[] SECRET = "s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr".getBytes(UTF_8);

    @Test
    void its_text_names_the_keys_without_their_secrets() {
        KeysInMemory ring = new KeysInMemory("b", List.of(key("b"), key("a")));
        assertThat(ring).hasToString("keys [a, b], active: key 'b'");
        assertThat(ring.find("a").orElseThrow().secret()).isEqualTo(SECRET);
        assertThat(ring.find("c")).isEmpty();
    }

    @Test
    void an_active_key_that_is_not_there_is_refused() {
        assertThatThrownBy(() -> new KeysInMemory("c", List.of(key("b"), key("a"))))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage(
                        "The active encryption key is to be 'c', but there are only the keys [a, b]."
                                + " Correct outbox.encryption.active-key-id, or add the key to outbox.encryption.keys or outbox.encryption.key-files.");
    }

    @Test
    void a_secret_in_the_place_of_an_id_is_not_shown() {
        assertThatThrownBy(() -> new KeysInMemory("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", List.of(key("a"))))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessageStartingWith(
                        "The active encryption key is to be something that is no id, but there are only the keys [a].");
    }

    @Test
    void two_keys_of_one_id_are_refused() {
        assertThatThrownBy(() -> new KeysInMemory("a", List.of(key("a"), key("a"))))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage(
                        "There are two encryption keys with the id 'a'. Give each key one id, in outbox.encryption.keys or in outbox.encryption.key-files.");
    }

    @Test
    void a_key_of_another_length_is_refused_without_being_shown() {
        assertThatThrownBy(() -> new EncryptionKey("a", "s3cr3t-s3cr3t-16".getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The key 'a' is 128 bits long; AES-256 takes 256 bits (32 bytes)");
    }

    @Test
    void an_id_is_what_fits_into_column_header_and_log() {
        assertThat(EncryptionKey.isId("arn:aws:kms:eu-central-1:1:key/0-9_A.z")).isTrue();
        assertThat(EncryptionKey.isId("k".repeat(100))).isTrue();
        for (String id : List.of("", "k".repeat(101), "a b", "a\n", "ä")) {
            assertThatThrownBy(() -> new EncryptionKey(id, SECRET))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The id of a key is not 1 to 100 of the characters A-Z, a-z, 0-9 and . _ : / -");
        }
    }

    @Test
    void a_secret_cannot_be_changed_from_outside() {
        byte[] given = SECRET.clone();
        EncryptionKey key = new EncryptionKey("a", given);
        given[0] = 0;
        key.secret()[1] = 0;
        assertThat(key.secret()).isEqualTo(SECRET);
    }

    private static EncryptionKey key(String id) {
        return new EncryptionKey(id, SECRET);
    }
}
