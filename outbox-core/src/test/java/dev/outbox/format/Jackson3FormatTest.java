package dev.outbox.format;

import dev.outbox.spi.PayloadFormat;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

class Jackson3FormatTest extends PayloadFormatContract {
    private final PayloadFormat format = new Jackson3Format(JsonMapper.builder()
            .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .build());

    @Override
    PayloadFormat format() {
        return format;
    }

    @Override
    PayloadFormat ofAnotherFormat() {
        return new Jackson3Format(new ObjectMapper(new JsonFactory() {
            @Override
            public String getFormatName() {
                return "YAML";
            }
        }));
    }
}
