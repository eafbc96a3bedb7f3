package dev.outbox.sample.process;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether this process has the role of a {@link RunsIn}. */
final class RunsInCondition implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata bean) {
        ProcessRole role = bean.getAnnotations().get(RunsIn.class).getEnum("value", ProcessRole.class);
        return ProcessRole.of(context.getEnvironment()).contains(role);
    }
}
