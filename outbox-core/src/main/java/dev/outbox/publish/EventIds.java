package dev.outbox.publish;

import java.security.SecureRandom;
import java.util.UUID;

/**
 * New event ids: UUID version 7 (RFC 9562, section 5.7), 48 bits of milliseconds and 74 random bits. Ids of one moment lie together, so the unique
 * index grows at its end instead of everywhere. They are unique, not ordered: the order of events is {@code seq}.
 */
final class EventIds {
    private static final SecureRandom RANDOM = new SecureRandom();

    private EventIds() {}

    static UUID next() {
        byte[] random = new byte[10];
        RANDOM.nextBytes(random);
        long high = System.currentTimeMillis() << 16 | 0x7000 | (random[0] & 0x0F) << 8 | (random[1] & 0xFF);
        long low = 0b10; // the variant
        for (int i = 2; i < 10; i++) low = i == 2 ? low << 6 | (random[i] & 0x3F) : low << 8 | (random[i] & 0xFF);
        return new UUID(high, low);
    }
}
