package dev.outbox.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.EventPayload;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/**
 * A payload as JSON can hold it.
 *
 * @param text if it is one, in UTF-8
 * @param base64 otherwise
 */
record ShownPayload(
        String contentType, @Nullable String text, @Nullable String base64) {
    static ShownPayload of(EventPayload payload) {
        String text = isText(payload.contentType()) ? text(payload.bytes()) : null;
        return new ShownPayload(
                payload.contentType(), text, text == null ? Base64.getEncoder().encodeToString(payload.bytes()) : null);
    }

    private static boolean isText(String contentType) {
        try {
            MimeType type = MimeTypeUtils.parseMimeType(contentType);
            if (type.getCharset() != null && !UTF_8.equals(type.getCharset())) return false;
            String subtype = type.getSubtype();
            return type.getType().equals("text")
                    || subtype.equals("json")
                    || subtype.equals("xml")
                    || subtype.endsWith("+json")
                    || subtype.endsWith("+xml");
        } catch (InvalidMimeTypeException e) {
            // whoever published it named it as they liked
            return false;
        }
    }

    /** Null if it is not what it says. */
    private static @Nullable String text(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Spring logs what a controller answers. */
    @Override
    public String toString() {
        return "a payload";
    }
}
