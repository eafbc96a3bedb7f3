package dev.outbox.sample.mockplatform.api;

import dev.outbox.sample.mockplatform.application.MockPlatform;
import dev.outbox.sample.mockplatform.application.TakenEvent;
import dev.outbox.sample.mockplatform.domain.MockBehaviour;
import dev.outbox.sample.mockplatform.domain.MockMode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Plays another system, so it is in processes of every role: one that delivers events, too, has somebody to deliver them to. */
@RestController
@RequestMapping("/mock/data-platform")
@Tag(name = "Mock of the data platform")
@ConditionalOnBooleanProperty(name = "sample.data-platform.mock.enabled", matchIfMissing = true)
class MockPlatformController {
    /** Longer than anybody can be configured to wait. */
    private static final int SLOW_SECONDS = 12;

    private final MockPlatform platform;

    MockPlatformController(MockPlatform platform) {
        this.platform = platform;
    }

    @PostMapping("/orders")
    @SecurityRequirements // none
    @Operation(summary = "Take an event of an order, as the data platform would", description = """
                    201 the first time, 200 with the same answer for the same Idempotency-Key. According to its mode: 503, 422, or an answer that comes \
                    too late. Needs no token, because it plays another system; it is not there where sample.data-platform.mock.enabled is false.""")
    CompletableFuture<ResponseEntity<MockEventResponse>> take(
            @RequestHeader("Idempotency-Key") @NotBlank @Size(max = 100) String idempotencyKey,
            @Valid @RequestBody MockEventRequest event) {
        MockMode mode = platform.behaviour().towards(event.orderId());
        return switch (mode) {
            case UNAVAILABLE ->
                throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "The mock plays unavailable.");
            case REJECT ->
                throw new ResponseStatusException(HttpStatus.UNPROCESSABLE_CONTENT, "The mock plays displeased.");
            case OK -> CompletableFuture.completedFuture(taken(idempotencyKey, event));
            // without a thread that waits
            case SLOW ->
                new CompletableFuture<ResponseEntity<MockEventResponse>>()
                        .completeOnTimeout(taken(idempotencyKey, event), SLOW_SECONDS, TimeUnit.SECONDS);
        };
    }

    private ResponseEntity<MockEventResponse> taken(String idempotencyKey, MockEventRequest event) {
        TakenEvent taken = platform.take(idempotencyKey, event.orderId(), event.eventType());
        return ResponseEntity.status(taken.repeated() ? HttpStatus.OK : HttpStatus.CREATED)
                .body(MockEventResponse.of(taken.delivery()));
    }

    @GetMapping("/mode")
    @Operation(summary = "How the mock behaves", description = "Of the process that answers.")
    MockBehaviour mode() {
        return platform.behaviour();
    }

    @PutMapping("/mode")
    @Operation(summary = "Let the mock behave", description = """
                    OK takes what comes; UNAVAILABLE answers 503; SLOW takes what comes and answers too late; REJECT answers 422. With an orderId only \
                    towards the events of that order. In the memory of the process that answers: other processes do not know, and it is OK after a restart.""")
    MockBehaviour behave(@Valid @RequestBody MockModeRequest request) {
        platform.behave(request.behaviour());
        return platform.behaviour();
    }
}
