package dev.outbox.boot;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/**
 * A health check of Spring Boot 3. Its classes have other names than those of Spring Boot 4 and cannot be there as well when this is compiled; so it is a proxy, and they are named here only.
 */
abstract class Boot3Health implements ImportBeanDefinitionRegistrar {
    private static final String PACKAGE = "org.springframework.boot.actuate.health.";

    /** What a bean has to be to be asked. */
    static final String INDICATOR = PACKAGE + "HealthIndicator";

    private final String name;
    private final Class<? extends Supplier<HealthReport>> check;
    private final BeanFactory beans;
    private final Environment environment;
    private final ClassLoader classes;

    /**
     * @param name under which health shows it
     * @param check the type of the bean that knows
     */
    Boot3Health(
            String name,
            Class<? extends Supplier<HealthReport>> check,
            BeanFactory beans,
            Environment environment,
            ClassLoader classes) {
        this.name = name;
        this.check = check;
        this.beans = beans;
        this.environment = environment;
        this.classes = classes;
    }

    /** On the terms of Boot's own checks: no property is against it, and the application has none of this name. */
    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        String bean = name + "HealthIndicator";
        if (!isEnabled() || registry.containsBeanDefinition(bean)) return;
        registry.registerBeanDefinition(bean, definition(type(INDICATOR)));
    }

    private boolean isEnabled() {
        boolean others = environment.getProperty("management.health.defaults.enabled", Boolean.class, true);
        return environment.getProperty("management.health.%s.enabled".formatted(name), Boolean.class, others);
    }

    private <I> BeanDefinition definition(Class<I> indicator) {
        Supplier<I> proxy = () -> indicator.cast(
                Proxy.newProxyInstance(classes, new Class<?>[] {indicator}, asking(beans.getBean(check))));
        return BeanDefinitionBuilder.genericBeanDefinition(indicator, proxy).getBeanDefinition();
    }

    private InvocationHandler asking(Supplier<HealthReport> check) {
        return (proxy, method, arguments) -> {
            if (method.getName().equals("health")) return health(check.get());
            if (method.isDefault()) return InvocationHandler.invokeDefault(proxy, method, arguments);
            return method.getName().equals("equals") ? proxy == arguments[0] : method.invoke(check, arguments);
        };
    }

    private Object health(HealthReport report) throws ReflectiveOperationException {
        Class<?> status = type(PACKAGE + "Status");
        Class<?> builder = type(PACKAGE + "Health$Builder");
        return builder.getMethod("build")
                .invoke(builder.getConstructor(status, Map.class)
                        .newInstance(
                                status.getField(report.isUp() ? "UP" : "DOWN").get(null), report.details()));
    }

    private Class<?> type(String name) {
        return ClassUtils.resolveClassName(name, classes);
    }
}
