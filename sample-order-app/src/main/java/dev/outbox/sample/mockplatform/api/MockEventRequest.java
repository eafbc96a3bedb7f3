package dev.outbox.sample.mockplatform.api;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.UUID;

/** What the mock reads of an event; whatever else there is it does not keep. */
record MockEventRequest(
        @NotNull UUID orderId, @NotBlank @Size(max = 100) String eventType) {}
