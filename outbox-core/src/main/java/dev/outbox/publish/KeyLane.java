package dev.outbox.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The lane of a key: murmur3 (32 bits, seed 0) over the UTF-8 bytes of aggregate type, a zero byte, and aggregate id, modulo the number of
 * lanes. Pinned by golden tests: two publishers that disagree would put one key into two lanes and break its order.
 *
 * <p>The hash is Austin Appleby's MurmurHash3_x86_32, which he placed in the public domain.
 */
final class KeyLane {
    private final int laneCount;

    KeyLane(int laneCount) {
        this.laneCount = laneCount;
    }

    int of(String aggregateType, String aggregateId) {
        return Integer.remainderUnsigned(murmur3((aggregateType + '\0' + aggregateId).getBytes(UTF_8)), laneCount);
    }

    static int murmur3(byte[] data) {
        int hash = 0;
        int whole = data.length & ~3;
        for (int i = 0; i < whole; i += 4) {
            hash ^= mixed((data[i] & 0xFF)
                    | (data[i + 1] & 0xFF) << 8
                    | (data[i + 2] & 0xFF) << 16
                    | (data[i + 3] & 0xFF) << 24);
            hash = Integer.rotateLeft(hash, 13) * 5 + 0xe6546b64;
        }
        int tail = 0;
        for (int i = data.length - 1; i >= whole; i--) tail = (tail << 8) | (data[i] & 0xFF);
        hash ^= mixed(tail);
        hash ^= data.length;
        hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
        return hash ^ (hash >>> 16);
    }

    private static int mixed(int block) {
        return Integer.rotateLeft(block * 0xcc9e2d51, 15) * 0x1b873593;
    }
}
