package dev.outbox.inbox.listener;

import dev.outbox.inbox.InboxMessage;
import java.util.List;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

/** Gives listener methods their {@link InboxMessage}, or a list of them. */
final class InboxMessages implements HandlerMethodArgumentResolver {
    /** What is in this header is not for the outside. */
    static final String HEADER = "outbox_inboxMessage";

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        ResolvableType type = ResolvableType.forMethodParameter(parameter);
        return type.toClass() == InboxMessage.class
                || type.toClass() == List.class && type.getGeneric().toClass() == InboxMessage.class;
    }

    @Override
    public Object resolveArgument(MethodParameter parameter, Message<?> message) {
        Object given = message.getHeaders().get(HEADER);
        if (given == null)
            throw new IllegalStateException(
                    "%s is no listener with @Inbox, so there is no InboxMessage for it. Annotate it, or take the parameter away."
                            .formatted(parameter.getExecutable()));
        return given;
    }
}
