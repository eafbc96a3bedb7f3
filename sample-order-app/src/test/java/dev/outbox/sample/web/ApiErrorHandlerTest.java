package dev.outbox.sample.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.sample.inventory.domain.StockConflictException;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;

class ApiErrorHandlerTest {
    private final ApiErrorHandler handler = new ApiErrorHandler(Clock.systemUTC());

    @Test
    void what_went_wrong_inside_is_not_told() {
        ResponseEntity<Object> answer = handler.failed(
                new IllegalStateException("password=secret"), new MockHttpServletRequest("GET", "/api/v1/products"));
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
        assertThat(answer.getBody()).isInstanceOfSatisfying(ApiError.class, error -> {
            assertThat(error.code()).isEqualTo("INTERNAL_ERROR");
            assertThat(error.message()).isEqualTo("Something went wrong on our side. It is in the log.");
            assertThat(error.details()).isEmpty();
        });
    }

    @Test
    void a_conflict_about_stock_has_a_code_of_its_own() {
        ResponseEntity<Object> answer = handler.refused(
                new StockConflictException(new PessimisticLockingFailureException("overtaken")),
                new MockHttpServletRequest("POST", "/api/v1/orders"));
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.CONFLICT);
        assertThat(answer.getBody())
                .isInstanceOfSatisfying(
                        ApiError.class, error -> assertThat(error.code()).isEqualTo("STOCK_CONFLICT"));
    }

    @Test
    void who_was_overtaken_with_each_try_is_told_to_send_it_again() {
        ResponseEntity<Object> answer = handler.overtaken(
                new PessimisticLockingFailureException("deadlock"),
                new MockHttpServletRequest("POST", "/api/v1/admin/orders/1/complete"));
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.CONFLICT);
        assertThat(answer.getBody()).isInstanceOfSatisfying(ApiError.class, error -> {
            assertThat(error.code()).isEqualTo("CONCURRENT_CHANGE");
            assertThat(error.message())
                    .isEqualTo("Others are changing the same at this moment. Send the same request again.");
            assertThat(error.path()).isEqualTo("/api/v1/admin/orders/1/complete");
        });
    }
}
