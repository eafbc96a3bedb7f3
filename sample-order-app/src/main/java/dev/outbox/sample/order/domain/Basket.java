package dev.outbox.sample.order.domain;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What somebody wants to order.
 *
 * @param pieces of each product, by its id; at least one product, and of each at least one piece
 */
public record Basket(SortedMap<Long, Integer> pieces) {
    public Basket {
        if (pieces.isEmpty()) throw new IllegalArgumentException("a basket must not be empty");
        if (pieces.values().stream().anyMatch(count -> count < 1)) {
            throw new IllegalArgumentException("a basket must have at least one piece of each product in it");
        }
        pieces = Collections.unmodifiableSortedMap(new TreeMap<>(pieces));
    }

    /** How many pieces of a product there are in it. */
    public int pieces(long productId) {
        return pieces.getOrDefault(productId, 0);
    }

    /** The same for the same basket only, whatever the sequence in which it was filled: 64 characters. */
    public String fingerprint() {
        String text = pieces.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(","));
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
