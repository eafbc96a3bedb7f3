package dev.outbox.inbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a record as text, the last one of each name. A record has about ten of them, most of which nobody asks for: so each is looked for among the others and made text when it is asked for, not
 * before.
 */
final class HeaderMap extends AbstractMap<String, String> {
    private final Header[] headers;
    private final String[] names;

    HeaderMap(Headers headers) {
        this.headers = headers.toArray();
        this.names = new String[this.headers.length];
        for (int i = 0; i < names.length; i++) names[i] = this.headers[i].key();
    }

    @Override
    public @Nullable String get(@Nullable Object name) {
        for (int i = names.length - 1; i >= 0; i--) {
            if (!names[i].equals(name)) continue;
            byte[] value = headers[i].value();
            if (value != null) return new String(value, UTF_8);
        }
        return null;
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return get(name) != null;
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
        Map<String, String> all = new LinkedHashMap<>();
        for (Header header : headers) {
            if (header.value() != null) all.put(header.key(), new String(header.value(), UTF_8));
        }
        return Collections.unmodifiableMap(all).entrySet();
    }
}
