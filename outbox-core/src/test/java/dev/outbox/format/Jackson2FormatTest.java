package dev.outbox.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.outbox.spi.PayloadFormat;

class Jackson2FormatTest extends PayloadFormatContract {
    private final PayloadFormat format = new Jackson2Format(JsonMapper.builder()
            .findAndAddModules()
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build());

    @Override
    PayloadFormat format() {
        return format;
    }

    @Override
    PayloadFormat ofAnotherFormat() {
        return new Jackson2Format(new ObjectMapper(new JsonFactory() {
            @Override
            public String getFormatName() {
                return "YAML";
            }
        }));
    }
}
