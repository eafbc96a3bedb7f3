package dev.outbox.sample.dataplatform.infra;

import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import dev.outbox.sample.settings.UnusableSettingException;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/** Where events are posted: what is configured, or else the mock of this application, at the port that it has got. */
@RunsIn(ProcessRole.STREAMER)
@Component
class DataPlatformAddress {
    private static final String MOCK = "http://localhost:%s/mock/data-platform/orders";

    private final DataPlatformProperties properties;
    private final Environment environment;

    /** @throws UnusableSettingException if there is neither */
    DataPlatformAddress(DataPlatformProperties properties, Environment environment) {
        this.properties = properties;
        this.environment = environment;
        boolean mock = environment.getProperty("sample.data-platform.mock.enabled", Boolean.class, true);
        if (!isConfigured() && !mock)
            throw new UnusableSettingException(
                    "sample.data-platform.url is not set, and the mock that it would be is off (sample.data-platform.mock.enabled is false, as by default in the profile prod).",
                    "Set SAMPLE_DATAPLATFORM_URL to where the data platform takes events of orders, or switch the mock on.");
    }

    private boolean isConfigured() {
        return StringUtils.hasText(properties.url());
    }

    /** Known once the application listens on its port, which it does before it hears of events. */
    String url() {
        return isConfigured()
                ? String.valueOf(properties.url())
                : MOCK.formatted(environment.getRequiredProperty("local.server.port"));
    }
}
