package dev.outbox.sample.order.api;

import dev.outbox.sample.order.application.CloseOrder;
import dev.outbox.sample.order.application.ClosedOrder;
import dev.outbox.sample.order.application.OrderHistory;
import dev.outbox.sample.order.application.PlaceOrder;
import dev.outbox.sample.order.application.PlacedOrder;
import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import dev.outbox.sample.user.api.CurrentUser;
import dev.outbox.sample.web.PageView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RunsIn(ProcessRole.API)
@RestController
@RequestMapping("/api/v1/orders")
@Tag(name = "Orders")
class OrderController {
    private static final String REPLAYED = "Idempotent-Replayed";

    private final PlaceOrder placeOrder;
    private final CloseOrder closeOrder;
    private final OrderHistory history;

    OrderController(PlaceOrder placeOrder, CloseOrder closeOrder, OrderHistory history) {
        this.placeOrder = placeOrder;
        this.closeOrder = closeOrder;
        this.history = history;
    }

    @PostMapping
    @Operation(summary = "Place an order", description = """
                    201 with the order. The same Idempotency-Key with the same items gives the same answer again, 201 and the same order, \
                    with the header Idempotent-Replayed: true, also when the order is cancelled, completed or archived by now (how it is now is told at its \
                    Location); so a request whose answer was lost can simply be sent again. Keys of other users do not matter. \
                    409 IDEMPOTENCY_KEY_REUSED if the key came with other items before, 409 OUT_OF_STOCK, \
                    409 STOCK_CONFLICT if too many others order the same product at this moment (send it again), \
                    404 PRODUCT_NOT_FOUND. A refused order leaves nothing, and its key can be used again.""")
    ResponseEntity<OrderResponse> place(
            @Parameter(description = "New for every order, the same when a request is sent again", example = "7b1c9f0e")
                    @RequestHeader("Idempotency-Key")
                    @NotBlank
                    @Size(max = 100)
                    String idempotencyKey,
            @Valid @RequestBody PlaceOrderRequest request,
            @CurrentUser long userId) {
        PlacedOrder placed = placeOrder.place(userId, idempotencyKey, request.basket());
        ResponseEntity.BodyBuilder answer = ResponseEntity.created(
                URI.create("/api/v1/orders/" + placed.order().id()));
        return placed.isRepeated()
                ? answer.header(REPLAYED, "true").body(OrderResponse.asPlaced(placed.order()))
                : answer.body(OrderResponse.of(placed.order()));
    }

    @GetMapping
    @Operation(
            summary = "Your orders, the newest first",
            description = "Without those that are archived, which are found by their ids.")
    PageView<OrderResponse> page(
            @RequestParam(defaultValue = "0") @PositiveOrZero @Max(10_000) int page,
            @RequestParam(defaultValue = "20") @Min(1) @Max(100) int size,
            @CurrentUser long userId) {
        return PageView.of(history.page(userId, page, size), OrderResponse::of);
    }

    @GetMapping("/{orderId}")
    @Operation(
            summary = "One of your orders, also when it is archived",
            description = "404 ORDER_NOT_FOUND for orders of others, too.")
    OrderResponse get(@PathVariable UUID orderId, @CurrentUser long userId) {
        return OrderResponse.of(history.get(userId, orderId));
    }

    @PostMapping("/{orderId}/cancel")
    @Operation(summary = "Cancel one of your orders", description = """
                    200 with the order, whose pieces are in the stock again. If it was cancelled before, nothing more happens and the answer has \
                    the header Idempotent-Replayed: true. 409 ORDER_ALREADY_COMPLETED, \
                    409 STOCK_CONFLICT if too many others order the same product at this moment (send it again), \
                    404 ORDER_NOT_FOUND for orders of others, too.""")
    ResponseEntity<OrderResponse> cancel(@PathVariable UUID orderId, @CurrentUser long userId) {
        return closed(closeOrder.cancel(userId, orderId));
    }

    static ResponseEntity<OrderResponse> closed(ClosedOrder closed) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
        if (closed.isRepeated()) answer.header(REPLAYED, "true");
        return answer.body(OrderResponse.of(closed.order()));
    }
}
