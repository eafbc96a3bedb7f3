package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * What nobody may find in anything that is printed.
 *
 * @param texts a plaintext and keys, in each form in which bytes are printed
 */
record Secrets(List<String> texts) {
    static Secrets of(String plaintext, byte[]... keys) {
        List<byte[]> all = new ArrayList<>(List.of(keys));
        all.add(plaintext.getBytes(UTF_8));
        List<String> texts = new ArrayList<>();
        for (byte[] secret : all) {
            String hex = HexFormat.of().formatHex(secret);
            String numbers = Arrays.toString(secret);
            texts.addAll(List.of(
                    new String(secret, ISO_8859_1),
                    Base64.getEncoder().encodeToString(secret),
                    hex,
                    hex.toUpperCase(Locale.ROOT),
                    numbers.substring(1, numbers.length() - 1)));
        }
        return new Secrets(texts);
    }

    void assertNotIn(String printed) {
        for (String text : texts) assertThat(printed.contains(text)).as(text).isFalse();
    }
}
