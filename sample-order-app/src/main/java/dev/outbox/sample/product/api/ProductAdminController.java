package dev.outbox.sample.product.api;

import dev.outbox.sample.product.application.ProductCatalog;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/admin/products")
@Tag(name = "Products")
class ProductAdminController {
    private final ProductCatalog catalog;

    ProductAdminController(ProductCatalog catalog) {
        this.catalog = catalog;
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Add a product", description = "409 SKU_TAKEN if another product has the SKU.")
    ProductResponse create(@Valid @RequestBody CreateProductRequest request) {
        return ProductResponse.of(catalog.create(request.sku(), request.name(), request.price(), request.stock()));
    }
}
