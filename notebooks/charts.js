// Draws the charts of a page, each in place of its picture. The picture stays where there is no script, and where a
// chart cannot be drawn.
for (const figure of document.querySelectorAll("figure.chart")) {
	const spec = JSON.parse(figure.querySelector("script").textContent);
	if (spec.usermeta?.followsWidth) {
		rewrap(spec, Math.max(figure.clientWidth, 420)); // as in page.css
		spec.width = "container";
	}
	const place = document.createElement("div");
	figure.append(place);
	const dark = matchMedia("(prefers-color-scheme: dark)").matches;
	vegaEmbed(place, spec, {renderer: "svg", actions: false, tooltip: {theme: dark ? "dark" : "light"}}).then(
		() => figure.querySelector(".jp-RenderedImage").remove(),
		problem => {
			place.remove();
			console.error(problem);
		});
}

// rewrap breaks the title of a chart into lines that fit a narrower width in pixels than the chart was made for.
function rewrap(spec, width) {
	if (spec.title && width < spec.width) {
		const characters = Math.max(30, Math.floor(width / 9));
		spec.title = spec.title.join(" ").match(new RegExp(`.{1,${characters}}(\\s|$)|\\S+`, "g")).map(line => line.trim());
	}
}
