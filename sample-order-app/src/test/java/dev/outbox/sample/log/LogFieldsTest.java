package dev.outbox.sample.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.slf4j.MDC.MDCCloseable;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.HandlerMapping;

class LogFieldsTest {
    private static final String HEADER = "X-Request-Id";

    private final MockHttpServletRequest request = new MockHttpServletRequest();
    private final MockHttpServletResponse response = new MockHttpServletResponse();
    private final Map<String, String> during = new HashMap<>();
    private final FilterChain chain = (asked, answered) -> during.putAll(MDC.getCopyOfContextMap());

    @AfterEach
    void nothing_is_left() {
        assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"r-1", "0", "7b1c9f0e-11.A_b", "0123456789012345678901234567890123456789012345678901234567890123"
            })
    void a_well_formed_request_id_is_taken_and_given_back(String id) throws Exception {
        request.addHeader(HEADER, id);
        new RequestIdFilter().doFilter(request, response, chain);
        assertThat(during).isEqualTo(Map.of("requestId", id));
        assertThat(response.getHeader(HEADER)).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "a\nb",
                "a\r\nSet-Cookie: b",
                "ä",
                "{}",
                "\u001b[31m",
                "01234567890123456789012345678901234567890123456789012345678901234"
            })
    void another_one_is_replaced(String id) throws Exception {
        request.addHeader(HEADER, id);
        new RequestIdFilter().doFilter(request, response, chain);
        assertThat(during.get("requestId")).isNotEqualTo(id).isEqualTo(response.getHeader(HEADER));
        assertThat(UUID.fromString(during.get("requestId"))).isNotNull();
    }

    @Test
    void a_request_without_an_id_gets_one_and_keeps_it_when_its_error_is_answered() throws Exception {
        RequestIdFilter filter = new RequestIdFilter();
        assertThatThrownBy(() -> filter.doFilter(request, response, (asked, answered) -> {
                    throw new ServletException("failed");
                }))
                .hasMessage("failed");
        String id = response.getHeader(HEADER);
        assertThat(id).isNotBlank();
        response.reset();
        request.setDispatcherType(DispatcherType.ERROR);
        filter.doFilter(request, response, chain);
        assertThat(during).isEqualTo(Map.of("requestId", id));
        assertThat(response.getHeader(HEADER)).isEqualTo(id);
    }

    @Test
    void the_user_is_named_if_there_is_one() throws Exception {
        new UserFilter().doFilter(request, response, chain);
        assertThat(during).isEmpty();
        MockHttpServletRequest ofUser = new MockHttpServletRequest();
        ofUser.setUserPrincipal(() -> "42");
        new UserFilter().doFilter(ofUser, response, chain);
        assertThat(during).isEqualTo(Map.of("userId", "42"));
    }

    @Test
    void the_order_in_the_path_is_named_if_it_looks_like_one() {
        OrderPaths paths = new OrderPaths();
        String order = UUID.randomUUID().toString();
        for (String id : new String[] {order, "an order", order + "\n", order.replace('0', ' ') + " "}) {
            request.setAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, Map.of("orderId", id));
            paths.preHandle(request, response, this);
            assertThat(MDC.get("orderId")).isEqualTo(id.equals(order) ? order : null);
            paths.afterCompletion(request, response, this, null);
        }
        assertThat(paths.preHandle(new MockHttpServletRequest(), response, this))
                .isTrue();
        assertThat(MDC.get("orderId")).isNull();
    }

    @Test
    void order_and_user_are_named_until_it_is_over() {
        UUID order = UUID.randomUUID();
        try (MDCCloseable orderField = LogFields.order(order);
                MDCCloseable userField = LogFields.user(42)) {
            assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("orderId", order.toString(), "userId", "42"));
        }
    }
}
