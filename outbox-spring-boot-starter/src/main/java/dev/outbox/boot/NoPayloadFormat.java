package dev.outbox.boot;

import dev.outbox.spi.PayloadFormat;
import dev.outbox.spi.PayloadFormatException;
import java.lang.reflect.Type;

/** In an application without Jackson, which may still publish and handle bytes. */
final class NoPayloadFormat implements PayloadFormat {
    private static final String MISSING =
            "neither Jackson 3 nor Jackson 2 is on the class path (add tools.jackson.core:jackson-databind, or declare a bean of type PayloadFormat)";

    @Override
    public String contentType() {
        return "application/json";
    }

    @Override
    public byte[] serialize(Object payload) throws PayloadFormatException {
        throw new PayloadFormatException(MISSING);
    }

    @Override
    public Object deserialize(byte[] payload, Type type) throws PayloadFormatException {
        throw new PayloadFormatException(MISSING);
    }
}
