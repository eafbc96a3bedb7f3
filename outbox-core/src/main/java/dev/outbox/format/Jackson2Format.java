package dev.outbox.format;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.outbox.spi.PayloadFormat;
import dev.outbox.spi.PayloadFormatException;
import java.io.IOException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** JSON by Jackson 2, with the application's own mapper. */
public final class Jackson2Format implements PayloadFormat {
    private final ObjectMapper mapper;

    /** @throws IllegalArgumentException if the mapper writes another format than JSON */
    public Jackson2Format(ObjectMapper mapper) {
        JsonProblem.requireJson(mapper.getFactory().getFormatName());
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
        } catch (JsonProcessingException e) {
            throw problem(e);
        }
    }

    @Override
    public Object deserialize(byte[] payload, Type type) throws PayloadFormatException {
        JavaType wanted = mapper.constructType(type);
        try {
            return JsonProblem.requireValue(mapper.readValue(payload, wanted));
        } catch (IOException e) {
            throw problem(e);
        }
    }

    private static PayloadFormatException problem(IOException e) {
        JsonLocation place = e instanceof JsonProcessingException json ? json.getLocation() : null;
        return place == null
                ? JsonProblem.of(e, typeIn(e), 0, 0)
                : JsonProblem.of(e, typeIn(e), place.getLineNr(), place.getColumnNr());
    }

    private static @Nullable Class<?> typeIn(IOException e) {
        if (e instanceof MismatchedInputException mismatch) return mismatch.getTargetType();
        if (!(e instanceof InvalidDefinitionException definition)) return null;
        JavaType type = definition.getType();
        return type == null ? null : type.getRawClass();
    }
}
