package dev.outbox.console;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.EventPayload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a payload can be read by a person. */
class ShownPayloadTest {
    private static final String TEXT = "{\"to\": \"Zoë\"}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "APPLICATION/JSON",
                "application/json; charset=utf-8",
                "application/vnd.shop.order+json",
                "application/xml",
                "image/svg+xml",
                "text/plain",
                "text/csv;header=present"
            })
    void what_is_text_by_its_type_is_shown_as_text(String type) {
        assertThat(shown(type, TEXT.getBytes(UTF_8))).isEqualTo(new ShownPayload(type, TEXT, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/octet-stream",
                "avro/binary",
                "text/plain; charset=ISO-8859-1",
                "text/plain; charset=none",
                "text",
                "of my own"
            })
    void what_may_be_none_is_shown_in_base64(String type) {
        assertThat(shown(type, TEXT.getBytes(UTF_8))).isEqualTo(new ShownPayload(type, null, "eyJ0byI6ICJab8OrIn0="));
    }

    @Test
    void what_says_that_it_is_text_and_is_not_utf_8_is_shown_in_base64() {
        assertThat(shown("text/plain", "Zoë".getBytes(ISO_8859_1)))
                .isEqualTo(new ShownPayload("text/plain", null, "Wm/r"));
    }

    @Test
    void an_empty_one_is_an_empty_text() {
        assertThat(shown("text/plain", new byte[0]).text()).isEmpty();
    }

    @Test
    void its_own_text_is_none_of_it() {
        assertThat(shown("text/plain", TEXT.getBytes(UTF_8))).hasToString("a payload");
    }

    private static ShownPayload shown(String type, byte[] bytes) {
        return ShownPayload.of(new EventPayload(type, bytes));
    }
}
