package httpapi

func (s *Server) dashboardRoutes() {}
