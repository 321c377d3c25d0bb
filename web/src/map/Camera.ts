// Where the map looks.
import type { Map as MapLibre } from 'maplibre-gl';
import type { Bounds, Position } from '../api/nouns';
import type { Place } from '../state/address';

export class Camera {
  constructor(private readonly map: MapLibre) {}

  get place(): Place {
    const { lng, lat } = this.map.getCenter();
    return { lng, lat, zoom: this.map.getZoom() };
  }
  goTo(place: Place): void {
    const now = this.place;
    if (
      Math.abs(now.lng - place.lng) < 2e-5 &&
      Math.abs(now.lat - place.lat) < 2e-5 &&
      Math.abs(now.zoom - place.zoom) < 0.02
    )
      return;
    this.map.jumpTo({ center: [place.lng, place.lat], zoom: place.zoom });
  }
  lookAt(bounds: Bounds | null, position: Position | null): void {
    if (bounds && (bounds[2] - bounds[0] > 1e-6 || bounds[3] - bounds[1] > 1e-6)) {
      this.map.fitBounds(bounds, { padding: 60, maxZoom: 17.5, duration: 500 });
    } else if (position)
      this.map.easeTo({ center: position, zoom: Math.max(this.map.getZoom(), 16.5), duration: 500 });
  }
  /** Brings a place into sight only where it is not already. */
  reveal(bounds: Bounds | null, position: Position | null): void {
    const view = this.map.getBounds();
    const point: Position | null =
      position ?? (bounds ? [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2] : null);
    if (!point || view.contains(point)) return;
    this.lookAt(bounds, position);
  }
  /** Moves only where the bounds are not wholly on the screen, or too small there to work on. */
  frame(bounds: Bounds): void {
    const view = this.map.getBounds();
    const whole = view.contains([bounds[0], bounds[1]]) && view.contains([bounds[2], bounds[3]]);
    const tiny = bounds[2] - bounds[0] < (view.getEast() - view.getWest()) / 5;
    if (whole && !tiny) return;
    this.map.fitBounds(bounds, { padding: 48, maxZoom: 17.5, duration: 400 });
  }
  zoomBy(step: number): void {
    this.map.easeTo({ zoom: this.map.getZoom() + step, duration: 200 });
  }
}
