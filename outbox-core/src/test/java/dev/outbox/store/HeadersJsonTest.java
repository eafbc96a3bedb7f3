package dev.outbox.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersJsonTest {
    @Test
    void headers_come_back_in_their_order_with_every_character() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("z \"quoted\"", "a\\b\n\u0000€😀");
        headers.put("a", "");
        assertThat(HeadersJson.read(HeadersJson.write(headers))).containsExactlyEntriesOf(headers);
        assertThat(HeadersJson.write(headers)).startsWith("{\"z \\\"quoted\\\"\":\"a\\\\b\\n\\u0000€😀\",");
    }

    @Test
    void no_headers_are_null() {
        assertThat(HeadersJson.write(Map.of())).isNull();
        assertThat(HeadersJson.read(null)).isEmpty();
        assertThat(HeadersJson.read("{}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "\"a\"", "{\"a\":1}", "{\"a\":null}", "{\"a\":{}}", "{} {}"})
    void anything_else_than_an_object_of_strings_is_refused(String json) {
        assertThatThrownBy(() -> HeadersJson.read(json))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The headers of an event are no JSON object of strings.");
    }
}
