package dev.outbox.boot;

import dev.outbox.OutboxAccessDeniedException;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/** The endpoint by HTTP: a missing permission is 403 with a sentence. */
@EndpointWebExtension(endpoint = OutboxEndpoint.class)
final class OutboxWebEndpoint {
    private final OutboxEndpoint endpoint;

    OutboxWebEndpoint(OutboxEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    @ReadOperation
    WebEndpointResponse<Object> state() {
        try {
            return new WebEndpointResponse<>(endpoint.state());
        } catch (OutboxAccessDeniedException e) {
            return new WebEndpointResponse<>(
                    Map.of("status", 403, "title", "Forbidden", "detail", String.valueOf(e.getMessage())), 403);
        }
    }
}
