package dev.outbox.encryption;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.UndecryptablePayloadException;
import dev.outbox.spi.EncryptionKey;
import dev.outbox.spi.KeyRing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PayloadCipherTest {
    private static final byte[] SECRET = bytes(0, EncryptionKey.BYTES);
    private static final EventIdentity EVENT = event("01999999-0000-7000-8000-000000000001");
    private static final byte[] PAYLOAD = "{\"total\":\"12.50\"}".getBytes(UTF_8);

    /** Made with another implementation: Python's cryptography, and HMAC by hand. */
    private static final String VECTOR =
            "4f4258450107323032362d3131a0a1a2a3a4a5a6a7a8a9aaab5414941bf4f27ea82df45851290d93a107dd92b16cf4e161c54b696a57884e650c";

    private final PayloadCipher cipher = new PayloadCipher(ring("2026-11", "2026-11", "2025-02"));

    @Test
    void makes_the_envelope_that_another_implementation_makes() {
        KeyRing ring = new KeysInMemory("2026-11", List.of(new EncryptionKey("2026-11", SECRET)));
        PayloadCipher known = new PayloadCipher(ring, () -> bytes(0xA0, 12));
        EncryptedPayload encrypted = known.encrypt(EVENT, PAYLOAD);
        assertThat(encrypted.keyId()).isEqualTo("2026-11");
        assertThat(HexFormat.of().formatHex(encrypted.envelope())).isEqualTo(VECTOR);
        assertThat(known.decrypt(EVENT, "2026-11", HexFormat.of().parseHex(VECTOR)))
                .isEqualTo(PAYLOAD);
    }

    @Test
    void the_page_shows_this_envelope() throws Exception {
        assertThat(Files.readString(Path.of("../docs/encryption.md")))
                .contains(
                        VECTOR,
                        HexFormat.of().formatHex(SECRET),
                        EVENT.eventId().toString(),
                        new String(PAYLOAD, UTF_8));
    }

    static Stream<Integer> sizes() {
        Random random = new Random(20261121);
        return Stream.concat(
                Stream.of(0, 1, 15, 16, 17, 31, 32, 33, 255, 256, 4095, 4096, 4097, 1 << 20),
                random.ints(20, 0, 1 << 20).boxed());
    }

    /** The JDK's own AES, GCM and HMAC read what we write: not only we ourselves. */
    @ParameterizedTest
    @MethodSource("sizes")
    void every_size_comes_back_and_the_jdk_reads_it_too(int size) throws Exception {
        byte[] payload = new byte[size];
        new Random(size).nextBytes(payload);
        byte[] envelope = cipher.encrypt(EVENT, payload).envelope();
        assertThat(envelope).hasSize(size + 41);
        assertThat(cipher.decrypt(EVENT, "2026-11", envelope)).isEqualTo(payload);
        assertThat(decryptedByTheJdk(secret("2026-11"), EVENT, envelope)).isEqualTo(payload);
    }

    private static byte[] decryptedByTheJdk(byte[] secret, EventIdentity event, byte[] envelope) throws Exception {
        byte[] purpose = new byte[37];
        System.arraycopy("dev.outbox payload 1 ".getBytes(UTF_8), 0, purpose, 0, 21);
        System.arraycopy(event.idBytes(), 0, purpose, 21, 16);
        byte[] info = Arrays.copyOf(purpose, 38);
        info[37] = 1;
        byte[] key = hmac(hmac(new byte[32], secret), info);
        Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
        gcm.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, envelope, 13, 12));
        gcm.updateAAD(event.after(Arrays.copyOf(envelope, 13)));
        return gcm.doFinal(envelope, 25, envelope.length - 25);
    }

    private static byte[] hmac(byte[] key, byte[] data) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(data);
    }

    @Test
    void every_changed_byte_is_noticed() {
        byte[] envelope = cipher.encrypt(EVENT, PAYLOAD).envelope();
        for (int i = 0; i < envelope.length; i++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                byte[] changed = envelope.clone();
                changed[i] ^= (byte) (1 << bit);
                assertThatThrownBy(() -> cipher.decrypt(EVENT, "2026-11", changed))
                        .as("bit %d of byte %d", bit, i)
                        .isInstanceOf(UndecryptablePayloadException.class);
            }
        }
    }

    @Test
    void every_missing_or_added_end_is_noticed() {
        byte[] envelope = cipher.encrypt(EVENT, PAYLOAD).envelope();
        for (int length = 0; length <= envelope.length + 1; length++) {
            if (length == envelope.length) continue;
            byte[] changed = Arrays.copyOf(envelope, length);
            assertThatThrownBy(() -> cipher.decrypt(EVENT, "2026-11", changed))
                    .as("%d bytes", length)
                    .isInstanceOf(UndecryptablePayloadException.class);
        }
    }

    static Stream<EventIdentity> others() {
        UUID id = EVENT.eventId();
        return Stream.of(
                event("01999999-0000-7000-8000-000000000002"),
                new EventIdentity(id, "OrderCancelled", "Order", "Zoë"),
                new EventIdentity(id, "OrderPlaced", "Basket", "Zoë"),
                new EventIdentity(id, "OrderPlaced", "Order", "Zoe"),
                new EventIdentity(id, "OrderPlace", "dOrder", "Zoë"),
                new EventIdentity(id, "OrderPlaced", "OrderZ", "oë"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void a_payload_under_another_name_is_not_decrypted(EventIdentity other) {
        byte[] envelope = cipher.encrypt(EVENT, PAYLOAD).envelope();
        assertThatThrownBy(() -> cipher.decrypt(other, "2026-11", envelope))
                .isInstanceOf(UndecryptablePayloadException.class)
                .hasMessage(
                        "The payload of %s cannot be decrypted: its bytes, id, type or aggregate are not those that were published, or the key '2026-11' is another one here. Find out who has changed it, and publish the event again.",
                        other);
    }

    @Test
    void what_is_no_envelope_is_said_to_be_none() {
        byte[] newer = cipher.encrypt(EVENT, PAYLOAD).envelope();
        newer[4] = 2;
        byte[] nameless = cipher.encrypt(EVENT, PAYLOAD).envelope();
        nameless[6] = '\n';
        assertUndecryptable(PAYLOAD, "it does not begin like an encrypted payload.");
        assertUndecryptable(newer, "it has the form 2, and only the form 1 is known here.");
        assertUndecryptable(Arrays.copyOf(cipher.encrypt(EVENT, PAYLOAD).envelope(), 40), "it is cut off.");
        assertUndecryptable(nameless, "it names no key.");
        PayloadCipher earlier = new PayloadCipher(ring("2025-02", "2025-02"));
        assertUndecryptable(
                earlier.encrypt(EVENT, PAYLOAD).envelope(), "the event names another key than its payload.");
    }

    private void assertUndecryptable(byte[] envelope, String reason) {
        assertThatThrownBy(() -> cipher.decrypt(EVENT, "2026-11", envelope))
                .isInstanceOf(UndecryptablePayloadException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void an_earlier_key_still_reads_what_it_wrote() {
        PayloadCipher earlier = new PayloadCipher(ring("2025-02", "2025-02"));
        EncryptedPayload old = earlier.encrypt(EVENT, PAYLOAD);
        assertThat(old.keyId()).isEqualTo("2025-02");
        assertThat(cipher.decrypt(EVENT, "2025-02", old.envelope())).isEqualTo(PAYLOAD);
    }

    @Test
    void another_secret_under_the_same_id_does_not_pass_for_it() {
        KeyRing wrong = new KeysInMemory(null, List.of(new EncryptionKey("2026-11", new byte[32])));
        byte[] envelope = cipher.encrypt(EVENT, PAYLOAD).envelope();
        assertThatThrownBy(() -> new PayloadCipher(wrong).decrypt(EVENT, "2026-11", envelope))
                .isInstanceOf(UndecryptablePayloadException.class)
                .hasMessageContaining("the key '2026-11' is another one here");
    }

    @Test
    void a_key_that_the_ring_does_not_have_is_named() {
        byte[] envelope = cipher.encrypt(EVENT, PAYLOAD).envelope();
        PayloadCipher other = new PayloadCipher(ring("2025-02", "2025-02"));
        assertThatThrownBy(() -> other.decrypt(EVENT, "2026-11", envelope))
                .isInstanceOfSatisfying(
                        MissingEncryptionKeyException.class,
                        e -> assertThat(e.keyId()).isEqualTo("2026-11"))
                .hasMessage(
                        "The payload of event 01999999-0000-7000-8000-000000000001 (OrderPlaced of Order Zoë) is encrypted with the key '2026-11',"
                                + " which is not in the key ring. Add it to outbox.encryption.keys, or to the KeyRing of the application, and handle the event again.");
    }

    @Test
    void a_ring_for_reading_only_encrypts_nothing() {
        assertThatThrownBy(() -> new PayloadCipher(ring(null, "2026-11")).encrypt(EVENT, PAYLOAD))
                .isInstanceOfSatisfying(
                        MissingEncryptionKeyException.class,
                        e -> assertThat(e.keyId()).isNull())
                .hasMessage(
                        "The payload of event 01999999-0000-7000-8000-000000000001 (OrderPlaced of Order Zoë) is to be encrypted, but the key ring has"
                                + " no active key. Set outbox.encryption.active-key-id, or correct the KeyRing of the application.");
    }

    private static final class BrokenRing implements KeyRing {
        @Override
        public Optional<EncryptionKey> active() {
            throw new IllegalStateException("token s3cr3t refused");
        }

        @Override
        public Optional<EncryptionKey> find(String id) {
            return active();
        }
    }

    @Test
    void a_ring_that_fails_is_told_from_one_that_lacks_a_key_and_is_not_quoted() {
        PayloadCipher broken = new PayloadCipher(new BrokenRing());
        byte[] envelope = cipher.encrypt(EVENT, PAYLOAD).envelope();
        assertThatThrownBy(() -> broken.encrypt(EVENT, PAYLOAD))
                .isInstanceOf(MissingEncryptionKeyException.class)
                .hasMessageEndingWith(
                        "is to be encrypted, but the key ring has failed: java.lang.IllegalStateException. Try again when it works.")
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> broken.decrypt(EVENT, "2026-11", envelope))
                .isInstanceOfSatisfying(
                        MissingEncryptionKeyException.class,
                        e -> assertThat(e.keyId()).isEqualTo("2026-11"))
                .hasMessageEndingWith(
                        "is encrypted with the key '2026-11', but the key ring has failed: java.lang.IllegalStateException. Try again when it works.");
    }

    @Test
    void the_same_event_encrypted_twice_shows_nothing_in_common() {
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            byte[] envelope = cipher.encrypt(EVENT, PAYLOAD).envelope();
            nonces.add(HexFormat.of().formatHex(envelope, 13, 25));
        }
        assertThat(nonces).hasSize(1000);
    }

    @Test
    void many_threads_share_a_cipher() {
        IntStream.range(0, 2000).parallel().forEach(i -> {
            EventIdentity event = new EventIdentity(UUID.randomUUID(), "E" + i, "Order", "" + i);
            byte[] envelope = cipher.encrypt(event, bytes(i, i % 300)).envelope();
            assertThat(cipher.decrypt(event, "2026-11", envelope)).isEqualTo(bytes(i, i % 300));
        });
    }

    private static EventIdentity event(String id) {
        return new EventIdentity(UUID.fromString(id), "OrderPlaced", "Order", "Zoë");
    }

    private static KeyRing ring(@Nullable String active, String... ids) {
        return new KeysInMemory(
                active,
                Arrays.stream(ids).map(id -> new EncryptionKey(id, secret(id))).toList());
    }

    private static byte[] secret(String id) {
        byte[] secret = new byte[EncryptionKey.BYTES];
        new Random(id.hashCode()).nextBytes(secret);
        return secret;
    }

    private static byte[] bytes(int first, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = (byte) (first + i);
        return bytes;
    }
}
