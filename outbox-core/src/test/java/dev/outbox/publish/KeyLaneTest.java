package dev.outbox.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyLaneTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|00000000",
                "test|ba6bd213",
                "Hello, world!|c0363e43",
                "The quick brown fox jumps over the lazy dog|2e4ff723",
            })
    void hashes_like_the_reference_implementation(String text, String hash) {
        assertThat(KeyLane.murmur3(text.getBytes(UTF_8))).isEqualTo(Integer.parseUnsignedInt(hash, 16));
    }

    /** Golden: a change of these numbers would put the keys of a running system into other lanes, and break their order. */
    @ParameterizedTest
    @CsvSource({
        "Order, 1, 64, 0",
        "Order, 5f0c8c1e-4a3b-4f7e-9c55-0d2b6a1f9e77, 64, 37",
        "Kunde, Zoë Müller, 64, 26",
        "Kunde, 注文, 64, 0",
        "Order, 1, 7, 0",
    })
    void keeps_every_key_in_its_lane(String type, String id, int lanes, int lane) {
        assertThat(new KeyLane(lanes).of(type, id)).isEqualTo(lane);
    }

    @Test
    void type_and_id_do_not_run_into_each_other() {
        assertThat(IntStream.range(0, 50)
                        .filter(i -> new KeyLane(1 << 20).of("A" + i, "1") == new KeyLane(1 << 20).of("A", i + "1")))
                .isEmpty();
    }

    @Test
    void spreads_keys_over_all_lanes() {
        int[] perLane = new int[64];
        KeyLane lane = new KeyLane(64);
        IntStream.range(0, 64_000).forEach(i -> perLane[lane.of("Order", Integer.toString(i))]++);
        assertThat(Arrays.stream(perLane).boxed())
                .allSatisfy(keys -> assertThat(keys).isBetween(850, 1150));
    }
}
