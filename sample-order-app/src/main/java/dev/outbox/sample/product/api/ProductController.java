package dev.outbox.sample.product.api;

import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import dev.outbox.sample.product.application.CachedCatalog;
import dev.outbox.sample.product.application.ProductPage;
import dev.outbox.sample.product.application.ProductViews;
import dev.outbox.sample.web.PageView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.PositiveOrZero;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RunsIn(ProcessRole.API)
@RestController
@RequestMapping("/api/v1/products")
@Tag(name = "Products")
class ProductController {
    private final CachedCatalog catalog;
    private final ProductViews views;

    ProductController(CachedCatalog catalog, ProductViews views) {
        this.catalog = catalog;
        this.views = views;
    }

    @GetMapping
    @SecurityRequirements // none
    @Operation(summary = "Products in the order in which they were created")
    PageView<ProductResponse> page(
            @RequestParam(defaultValue = "0") @PositiveOrZero @Max(10_000) int page,
            @RequestParam(defaultValue = "20") @Min(1) @Max(100) int size) {
        ProductPage found = catalog.page(page, size);
        return new PageView<>(
                found.products().stream().map(ProductResponse::of).toList(), page, size, found.totalItems());
    }

    @GetMapping("/{productId}")
    @SecurityRequirements // none
    @Operation(
            summary = "One product with its stock",
            description = "Counts as a view. Likes, sales and views may be half a minute old.")
    ProductResponse get(@PathVariable long productId) {
        ProductResponse product = ProductResponse.of(catalog.get(productId));
        views.count(productId);
        return product;
    }
}
