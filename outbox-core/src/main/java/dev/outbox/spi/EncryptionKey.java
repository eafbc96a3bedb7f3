package dev.outbox.spi;

import java.util.regex.Pattern;

/** A secret key of 256 bits and the id by which everybody may know it: the id is stored and sent with each event. Immutable. */
public final class EncryptionKey {
    /** The length of a secret: AES-256 takes no other. */
    public static final int BYTES = 32;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:/-]{1,100}");

    private final String id;
    private final byte[] secret;

    /**
     * @param id 1 to 100 letters, digits, dots, underscores, colons, slashes and hyphens; never given to another secret
     * @param secret {@value #BYTES} random bytes; copied
     * @throws IllegalArgumentException if either is anything else; the text does not show the secret, nor an id that may be one
     */
    public EncryptionKey(String id, byte[] secret) {
        if (!isId(id)) {
            throw new IllegalArgumentException(
                    "The id of a key is not 1 to 100 of the characters A-Z, a-z, 0-9 and . _ : / -");
        }
        if (secret.length != BYTES) {
            throw new IllegalArgumentException("The key '%s' is %d bits long; AES-256 takes %d bits (%d bytes)"
                    .formatted(id, secret.length * 8, BYTES * 8, BYTES));
        }
        this.id = id;
        this.secret = secret.clone();
    }

    /** Whether a key may have this id. */
    public static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    public String id() {
        return id;
    }

    /** A copy of the secret. */
    public byte[] secret() {
        return secret.clone();
    }

    /** Names the key without its secret. */
    @Override
    public String toString() {
        return "key '%s'".formatted(id);
    }
}
