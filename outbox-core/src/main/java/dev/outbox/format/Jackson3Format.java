package dev.outbox.format;

import dev.outbox.spi.PayloadFormat;
import dev.outbox.spi.PayloadFormatException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.exc.MismatchedInputException;

/** JSON by Jackson 3, with the application's own mapper. */
public final class Jackson3Format implements PayloadFormat {
    private final ObjectMapper mapper;

    /** @throws IllegalArgumentException if the mapper writes another format than JSON */
    public Jackson3Format(ObjectMapper mapper) {
        JsonProblem.requireJson(mapper.tokenStreamFactory().getFormatName());
        this.mapper = mapper;
    }

    @Override
    public String contentType() {
        return "application/json";
    }

    @Override
    public byte[] serialize(Object payload) throws PayloadFormatException {
        try {
            return mapper.writeValueAsBytes(payload);
        } catch (JacksonException e) {
            throw problem(e);
        }
    }

    @Override
    public Object deserialize(byte[] payload, Type type) throws PayloadFormatException {
        JavaType wanted = mapper.constructType(type);
        try {
            return JsonProblem.requireValue(mapper.readValue(payload, wanted));
        } catch (JacksonException e) {
            throw problem(e);
        }
    }

    private static PayloadFormatException problem(JacksonException e) {
        TokenStreamLocation place = e.getLocation();
        return place == null
                ? JsonProblem.of(e, typeIn(e), 0, 0)
                : JsonProblem.of(e, typeIn(e), place.getLineNr(), place.getColumnNr());
    }

    private static @Nullable Class<?> typeIn(JacksonException e) {
        if (e instanceof MismatchedInputException mismatch) return mismatch.getTargetType();
        if (!(e instanceof InvalidDefinitionException definition)) return null;
        JavaType type = definition.getType();
        return type == null ? null : type.getRawClass();
    }
}
