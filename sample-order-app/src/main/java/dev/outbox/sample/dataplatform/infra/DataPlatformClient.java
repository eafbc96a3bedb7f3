package dev.outbox.sample.dataplatform.infra;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.outbox.sample.dataplatform.domain.OrderEvent;
import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import io.micrometer.observation.ObservationRegistry;
import java.net.http.HttpClient;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.json.JsonMapper;

/** One call to the data platform, with a time-out. */
@RunsIn(ProcessRole.STREAMER)
@Component
class DataPlatformClient {
    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_MANY_REQUESTS = 429;

    private final RestClient client;
    private final DataPlatformAddress address;
    private final JsonMapper json;

    DataPlatformClient(
            DataPlatformProperties properties,
            DataPlatformAddress address,
            ObservationRegistry observations,
            JsonMapper json) {
        JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(properties.timeout())
                .build());
        requests.setReadTimeout(properties.timeout());
        this.client = RestClient.builder()
                .requestFactory(requests)
                .observationRegistry(observations)
                .build();
        this.address = address;
        this.json = json;
    }

    /** @param order the payload of the event */
    private record Body(
            UUID eventId,
            String eventType,
            UUID orderId,
            @Nullable Long orderVersion,
            Instant occurredAt,
            @JsonRawValue String order) {}

    /**
     * Posts an event. Its id goes along as the idempotency key, so that the data platform takes it once, however often it comes.
     *
     * @throws CallFailedException if there is no answer in time, or one that says it is not the event's fault: 5xx, 408, 429
     * @throws CallRefusedException for every other answer than a success; a redirection is none, and is not followed
     */
    void post(OrderEvent event) {
        HttpStatusCode status;
        try {
            status = client.post()
                    .uri(address.url())
                    .header("Idempotency-Key", event.id().toString())
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(body(event))
                    .exchangeForRequiredValue((request, response) -> response.getStatusCode());
        } catch (ResourceAccessException e) {
            throw new CallFailedException(
                    "there was no answer: "
                            + NestedExceptionUtils.getMostSpecificCause(e)
                                    .getClass()
                                    .getName(),
                    e);
        }
        if (status.is2xxSuccessful()) return;
        String answer = "it has answered " + status.value();
        if (status.is5xxServerError() || status.value() == REQUEST_TIMEOUT || status.value() == TOO_MANY_REQUESTS)
            throw new CallFailedException(answer, null);
        throw new CallRefusedException(answer);
    }

    private byte[] body(OrderEvent event) {
        return json.writeValueAsBytes(new Body(
                event.id(), event.type(), event.orderId(), event.orderVersion(), event.time(), event.payload()));
    }
}
